//! Whether a request came by HTTPS, as far as that can be known.

use http::HeaderName;

use super::proxies::TrustedProxies;
use crate::Settings;
use crate::http::Request;
use crate::settings::SettingsError;

/// `SECURE_PROXY_SSL_HEADER`: in which field the proxy that ends TLS says so.
#[derive(Debug, Clone, Default)]
pub(super) struct Transport {
    header: Option<(HeaderName, String)>,
    proxies: TrustedProxies,
}

impl Transport {
    pub(super) fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        const KEY: &str = "SECURE_PROXY_SSL_HEADER";
        let proxies = TrustedProxies::from_settings(settings)?;
        let Some(text) = settings.get(KEY) else { return Ok(Self { header: None, proxies }) };
        let (name, value) = text.split_once([':', ',']).unwrap_or((text, "https"));
        let name = HeaderName::try_from(name.trim()).map_err(|_| {
            let problem =
                format!("should be the name of a header field, as `X-Forwarded-Proto`, and is `{text}`");
            SettingsError::new(KEY, problem)
        })?;
        Ok(Self { header: Some((name, value.trim().to_ascii_lowercase())), proxies })
    }

    /// Whether the request came by HTTPS. The field counts from trusted proxies; from anybody, where none are named.
    pub(super) fn is_secure(&self, request: &Request) -> bool {
        let Some((name, value)) = &self.header else { return false };
        let mut sent = request.headers().get_all(name).iter();
        let (Some(first), None) = (sent.next(), sent.next()) else { return false };
        // A chain of proxies may have a list, of which the first is about the client.
        let first = first.to_str().unwrap_or("").split(',').next().unwrap_or("");
        first.trim().eq_ignore_ascii_case(value)
            && (self.proxies.are_unknown() || self.proxies.trust(request.peer()))
    }

    /// Whether it did, or nothing is known of it.
    pub(super) fn may_be_secure(&self, request: &Request) -> bool {
        self.header.is_none() || self.is_secure(request)
    }
}

#[cfg(test)]
mod tests {
    use super::super::proof::{get, settings};
    use super::*;

    #[test]
    fn the_field_counts_once_and_from_trusted_proxies() {
        let named =
            Transport::from_settings(&settings(&[("SECURE_PROXY_SSL_HEADER", "X-Forwarded-Proto")])).unwrap();
        assert!(named.is_secure(&get(&[("x-forwarded-proto", "HTTPS")])));
        assert!(named.is_secure(&get(&[("x-forwarded-proto", "https, http")])));
        assert!(!named.is_secure(&get(&[("x-forwarded-proto", "http")])));
        assert!(!named.is_secure(&get(&[("x-forwarded-proto", "https"), ("x-forwarded-proto", "http")])));
        assert!(!named.is_secure(&get(&[])) && !named.may_be_secure(&get(&[])));
        let pairs = [("SECURE_PROXY_SSL_HEADER", "X-Ssl: on"), ("TRUSTED_PROXIES", "10.0.0.0/8")];
        let strict = Transport::from_settings(&settings(&pairs)).unwrap();
        assert!(!strict.is_secure(&get(&[("x-ssl", "on")])));
        assert!(Transport::default().may_be_secure(&get(&[])));
    }
}
