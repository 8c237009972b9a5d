//! Values that come back as they were given out: HMAC-SHA256 with the site's secret key.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The signature is missing, of another key or purpose, or the value was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadSignature;

impl fmt::Display for BadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signature does not fit the value")
    }
}

impl std::error::Error for BadSignature {}

/// Signs values and checks them, each kind of value under its own purpose.
///
/// The key is derived from `SECRET_KEY` and the purpose, so a value signed for one cannot be used
/// for another. Signatures are compared in constant time.
///
/// ```
/// use hyper_core::http::Signer;
///
/// let signer = Signer::new(b"a secret of the site", "session");
/// let signed = signer.sign("user=7");
/// assert_eq!(signer.verify(&signed), Ok("user=7"));
/// assert!(Signer::new(b"a secret of the site", "csrf").verify(&signed).is_err());
/// ```
#[derive(Clone)]
pub struct Signer(Hmac<Sha256>);

impl Signer {
    /// A signer for one purpose, such as `session`.
    #[must_use]
    pub fn new(secret: &[u8], purpose: &str) -> Self {
        let mut key = Sha256::new();
        key.update((purpose.len() as u64).to_le_bytes());
        key.update(purpose.as_bytes());
        key.update(secret);
        let block = <[u8; 32]>::from(key.finalize());
        let mac = Hmac::<Sha256>::new_from_slice(&block);
        Self(mac.expect("HMAC takes keys of any length"))
    }

    /// The value, a dot, and its signature in 64 hexadecimal digits.
    #[must_use]
    pub fn sign(&self, value: &str) -> String {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut signed = String::with_capacity(value.len() + 65);
        signed.push_str(value);
        signed.push('.');
        for byte in self.0.clone().chain_update(value.as_bytes()).finalize().into_bytes() {
            signed.push(char::from(DIGITS[usize::from(byte >> 4)]));
            signed.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
        signed
    }

    /// The value of what [`Signer::sign`] made.
    ///
    /// # Errors
    /// [`BadSignature`] when the signature does not fit.
    pub fn verify<'a>(&self, signed: &'a str) -> Result<&'a str, BadSignature> {
        let (value, signature) = signed.rsplit_once('.').ok_or(BadSignature)?;
        let mut tag = [0u8; 32];
        if signature.len() != 64 || !signature.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(BadSignature);
        }
        for (byte, digits) in tag.iter_mut().zip(signature.as_bytes().chunks_exact(2)) {
            let digit = |at: usize| char::from(digits[at]).to_digit(16).unwrap_or(0) as u8;
            *byte = digit(0) << 4 | digit(1);
        }
        self.0.clone().chain_update(value.as_bytes()).verify_slice(&tag).map_err(|_| BadSignature)?;
        Ok(value)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_change_is_noticed(value in ".{0,40}", at in 0usize..100, to in "[ -~]") {
            let signer = Signer::new(b"key", "test");
            let signed = signer.sign(&value);
            prop_assert_eq!(signer.verify(&signed), Ok(value.as_str()));
            let mut changed: Vec<char> = signed.chars().collect();
            let at = at % changed.len();
            changed[at] = to.chars().next().unwrap();
            let changed: String = changed.into_iter().collect();
            // Hexadecimal digits may be written in capitals.
            if !changed.eq_ignore_ascii_case(&signed) {
                prop_assert_eq!(signer.verify(&changed), Err(BadSignature));
            }
        }
    }
}
