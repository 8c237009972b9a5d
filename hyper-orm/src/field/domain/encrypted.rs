//! Texts that only the program can read.

use std::fmt;
use std::sync::OnceLock;

use bytes::{BufMut, BytesMut};
use chacha20poly1305::aead::{Aead, Generate, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hyper_core::db::types::{IsNull, ToSql, Type, to_sql_checked};
use hyper_core::settings::SettingsError;
use hyper_core::{Settings, ValidationErrors};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;

use crate::field::text::utf8;
use crate::field::{DecodeError, Field, Sealed};
use crate::validation::{Check, Rules};

/// What stands before everything encrypted, and goes into its authentication.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// A text that is encrypted on its way into the database: `bytea`. It is shown by [`expose`](Self::expose) and by nothing
/// else: `Debug` hides it, and in JSON it is `"********"`.
///
/// It is XChaCha20-Poly1305 with a random nonce, under a key made from `SECRET_KEY`. As each encryption is different, the
/// column cannot be searched, compared or unique. Whoever can write to the database can put one row's value into another.
///
/// What was encrypted under a former key is read by the keys in `SECRET_KEY_FALLBACKS`, and is under the present one when it
/// is written next. The keys come from [`configure_encryption`], which `manage` calls.
///
/// ```
/// use hyperdjango::orm::field::Encrypted;
///
/// let token = Encrypted::new("s3cret");
/// assert_eq!(token.expose(), "s3cret");
/// assert_eq!(format!("{token:?} {}", serde_json::to_string(&token).unwrap()), r#"Encrypted(..) "********""#);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Encrypted(String);

impl Encrypted {
    /// Takes a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for who needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Encrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encrypted(..)")
    }
}

impl Serialize for Encrypted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("********")
    }
}

impl<'de> Deserialize<'de> for Encrypted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

/// The keys of a process: the one that encrypts, and the former ones.
#[derive(Clone)]
pub struct EncryptionKeys(Vec<XChaCha20Poly1305>);

impl EncryptionKeys {
    /// Makes keys from secrets, the present one first.
    #[must_use]
    pub fn new<'s>(present: &'s str, former: impl IntoIterator<Item = &'s str>) -> Self {
        let key = |secret: &str| {
            let mut key = [0; 32];
            let made =
                Hkdf::<Sha256>::new(None, secret.as_bytes()).expand(b"hyperdjango Encrypted v1", &mut key);
            made.expect("32 bytes are not too many for HKDF");
            XChaCha20Poly1305::new(&key.into())
        };
        Self([present].into_iter().chain(former).map(key).collect())
    }

    /// Encrypts a text: a version, a nonce, and what can be read with the key alone.
    ///
    /// # Errors
    /// The text is over 256 GiB long, or the system has no random numbers.
    pub fn encrypt(&self, text: &str) -> Result<Vec<u8>, DecodeError> {
        let nonce = XNonce::try_generate().map_err(|_| "the system has no random numbers")?;
        let payload = Payload { msg: text.as_bytes(), aad: &[VERSION] };
        let sealed = self.0[0].encrypt(&nonce, payload).map_err(|_| "it is too long to be encrypted")?;
        Ok([&[VERSION], nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`encrypt`](Self::encrypt) made.
    ///
    /// # Errors
    /// It was changed, or encrypted under a key that is not among these.
    pub fn decrypt(&self, sealed: &[u8]) -> Result<String, DecodeError> {
        let Some((&[VERSION], rest)) = sealed.split_first_chunk::<1>() else {
            return Err("it is not encrypted by this program".into());
        };
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or("it ends too early")?;
        let open = |key: &XChaCha20Poly1305| {
            key.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &[VERSION] }).ok()
        };
        let text = self.0.iter().find_map(open).ok_or(
            "it was changed, or encrypted under another SECRET_KEY: name that in SECRET_KEY_FALLBACKS",
        )?;
        Ok(utf8(&text)?.to_owned())
    }
}

impl fmt::Debug for EncryptionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptionKeys({} of them)", self.0.len())
    }
}

static KEYS: OnceLock<EncryptionKeys> = OnceLock::new();

/// Makes the keys of [`Encrypted`] columns from `SECRET_KEY` and `SECRET_KEY_FALLBACKS`, which holds former keys with spaces
/// or commas between them. A process has one set of keys: the first is kept.
///
/// # Errors
/// There is no `SECRET_KEY`, or a former key has less than 32 characters.
pub fn configure_encryption(settings: &Settings) -> Result<(), SettingsError> {
    let Some(present) = settings.secret_key() else {
        return Err(SettingsError::new("SECRET_KEY", "is required for columns of type `Encrypted`"));
    };
    let former = settings.get("SECRET_KEY_FALLBACKS").unwrap_or("");
    let former: Vec<_> = former.split([',', ' ', '\t', '\n']).filter(|key| !key.is_empty()).collect();
    if former.iter().any(|key| key.len() < 32) {
        return Err(SettingsError::new(
            "SECRET_KEY_FALLBACKS",
            "should have at least 32 characters for each key",
        ));
    }
    KEYS.get_or_init(|| EncryptionKeys::new(present.expose(), former));
    Ok(())
}

fn keys() -> Result<&'static EncryptionKeys, DecodeError> {
    KEYS.get().ok_or_else(|| {
        "it is encrypted, and there is no key: call `configure_encryption(&settings)` when the program starts".into()
    })
}

impl Check for Encrypted {
    fn check(&self, rules: &Rules, field: &'static str, errors: &mut ValidationErrors) {
        rules.text(&self.0, field, errors);
    }
}

#[diagnostic::do_not_recommend]
impl Field for Encrypted {
    type Base = Self;
    type Kind = Sealed;
    type Nullable = Option<Self>;
    const TYPE: Type = Type::BYTEA;
    const ARRAY: Type = Type::BYTEA_ARRAY;
    const DECLARATION: &'static str = "bytea";

    fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        keys()?.decrypt(raw).map(Self)
    }

    fn write_json(_: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        out.extend_from_slice(b"\"********\"");
        Ok(())
    }
}

impl ToSql for Encrypted {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.put_slice(&keys().and_then(|keys| keys.encrypt(&self.0)).map_err(String::from)?);
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::BYTEA
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_reads_back_and_any_change_is_noticed(text: String, at: prop::sample::Index, to in 1_u8..) {
            let keys = EncryptionKeys::new("present", ["former"]);
            let sealed = keys.encrypt(&text).unwrap();
            prop_assert_ne!(&sealed, &keys.encrypt(&text).unwrap());
            prop_assert_eq!(keys.decrypt(&sealed).unwrap(), text);
            let mut changed = sealed.clone();
            changed[at.index(sealed.len())] ^= to;
            prop_assert!(keys.decrypt(&changed).is_err());
            prop_assert!(keys.decrypt(&sealed[..at.index(sealed.len())]).is_err());
        }
    }

    #[test]
    fn former_keys_read_and_only_the_present_one_writes() {
        let old = EncryptionKeys::new("old", []).encrypt("text").unwrap();
        let rotated = EncryptionKeys::new("new", ["older", "old"]);
        assert_eq!(rotated.decrypt(&old).unwrap(), "text");
        let new = rotated.encrypt("text").unwrap();
        assert!(EncryptionKeys::new("old", []).decrypt(&new).unwrap_err().contains("SECRET_KEY_FALLBACKS"));
        assert!(rotated.decrypt(b"plain text").unwrap_err().contains("not encrypted"));
        assert_eq!(format!("{rotated:?}"), "EncryptionKeys(3 of them)");
    }

    #[test]
    fn a_missing_key_is_named() {
        let settings = |pairs: &[(&str, &str)]| Settings::from_pairs(pairs.iter().copied()).unwrap();
        assert_eq!(configure_encryption(&settings(&[])).unwrap_err().key(), "SECRET_KEY");
        let key = "0123456789abcdef0123456789abcdef";
        let short = settings(&[("SECRET_KEY", key), ("SECRET_KEY_FALLBACKS", "short")]);
        assert_eq!(configure_encryption(&short).unwrap_err().key(), "SECRET_KEY_FALLBACKS");
        assert!(Encrypted::decode(b"\x01").unwrap_err().contains("configure_encryption"));
    }
}
