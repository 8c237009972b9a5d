//! Which connections are encrypted, and what is checked of the server.

use std::path::PathBuf;
use std::str::FromStr;

use tokio_postgres::config::SslMode as Offer;

/// Whether connections to PostgreSQL are encrypted: `sslmode` of a [`DatabaseUrl`](super::DatabaseUrl), with libpq's
/// meanings. Unix sockets are never.
///
/// All but [`Disable`](Self::Disable), [`Allow`](Self::Allow) and [`Prefer`](Self::Prefer) need the feature `tls`.
/// Without it these two do not encrypt. `sslcert` and `sslkey` name the files (PEM) of a certificate to show to the
/// server, and `sslrootcert` that of the authorities to trust, or is `system`: then it is those of the system, and
/// `verify-full`. Where `sslrootcert` is given, the server's certificate has to be of one of them, whatever the mode.
/// Files are read once. The server's name has to be among the certificate's alternative names (SAN); a common name
/// alone does not count. Passwords are bound to the certificate where the server can do that (SCRAM channel binding).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SslMode {
    /// Never.
    Disable,
    /// Where the server asks for it.
    Allow,
    /// Where the server can: the default. Against somebody on the way it does not help.
    #[default]
    Prefer,
    /// Always, with whatever certificate; with one of an authority in `sslrootcert`, where that is given.
    Require,
    /// Always, with a certificate of a trusted authority, for whatever host.
    VerifyCa,
    /// Always, with a certificate of a trusted authority for the host that is connected to.
    VerifyFull,
}

impl SslMode {
    /// As it stands in a URL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }

    /// What is tried, one after the other.
    pub(super) fn attempts(self) -> &'static [Offer] {
        match self {
            Self::Disable => &[Offer::Disable],
            Self::Allow => &[Offer::Disable, Offer::Require],
            Self::Prefer => &[Offer::Prefer, Offer::Disable],
            Self::Require | Self::VerifyCa | Self::VerifyFull => &[Offer::Require],
        }
    }
}

impl FromStr for SslMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = [Self::Disable, Self::Allow, Self::Prefer, Self::Require, Self::VerifyCa, Self::VerifyFull];
        all.into_iter().find(|mode| mode.name() == text).ok_or_else(|| {
            "`sslmode` should be `disable`, `allow`, `prefer`, `require`, `verify-ca` or `verify-full`"
                .to_owned()
        })
    }
}

/// What a URL says of TLS.
#[derive(Debug, Clone, Default)]
pub(super) struct TlsSettings {
    pub(super) mode: SslMode,
    pub(super) root: Option<PathBuf>,
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
}

impl TlsSettings {
    /// Whether the authorities of the system are trusted.
    pub(super) fn is_of_system(&self) -> bool {
        self.root.as_ref().is_some_and(|root| root.as_os_str() == "system")
    }

    /// Takes the mode of a URL, if it says one, and says what does not fit together.
    pub(super) fn decide(&mut self, mode: Option<SslMode>) -> Result<(), String> {
        let by_default = if self.is_of_system() { SslMode::VerifyFull } else { SslMode::Prefer };
        self.mode = mode.unwrap_or(by_default);
        let asks = !matches!(self.mode, SslMode::Disable | SslMode::Allow | SslMode::Prefer);
        if asks && !cfg!(feature = "tls") {
            let mode = self.mode.name();
            return Err(format!(
                "`sslmode={mode}` asks for TLS, which this program was built without: turn on the feature `tls` of \
                 `hyperdjango`"
            ));
        }
        if self.is_of_system() && self.mode != SslMode::VerifyFull {
            return Err(
                "`sslrootcert=system` needs `sslmode=verify-full`: anybody can have a certificate of an \
                        authority that systems trust"
                    .to_owned(),
            );
        }
        match (&self.certificate, &self.key) {
            (Some(_), None) => Err("`sslcert` needs the key of the certificate, `sslkey`".to_owned()),
            (None, Some(_)) => Err("`sslkey` needs the certificate of the key, `sslcert`".to_owned()),
            _ => Ok(()),
        }
    }
}

#[cfg(not(feature = "tls"))]
pub(super) use without::{Connector, connector};

/// As it is without the feature: what would be encrypted if the server can is not.
#[cfg(not(feature = "tls"))]
mod without {
    pub(in crate::db) use tokio_postgres::NoTls as Connector;

    use super::TlsSettings;

    #[expect(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
    pub(in crate::db) fn connector(_: &TlsSettings) -> Result<Connector, String> {
        Ok(Connector)
    }
}

#[cfg(feature = "tls")]
pub(super) use super::rustls_connector::{Connector, connector};

#[cfg(test)]
mod tests {
    use super::super::DatabaseUrl;
    use super::*;

    fn mode(query: &str) -> Result<SslMode, String> {
        format!("postgres://db/shop?{query}").parse::<DatabaseUrl>().map(|url| url.sslmode())
    }

    #[test]
    fn modes_are_libpqs() {
        assert_eq!(mode(""), Ok(SslMode::Prefer));
        for name in ["disable", "allow", "prefer"] {
            assert_eq!(mode(&format!("sslmode={name}")).unwrap().name(), name);
        }
        assert!(mode("sslmode=on").unwrap_err().contains("`verify-ca` or `verify-full`"));
        assert!(mode("sslcert=a").unwrap_err().contains("`sslkey`"));
        assert!(mode("sslkey=a").unwrap_err().contains("`sslcert`"));
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn what_needs_the_feature_names_it() {
        for name in ["require", "verify-ca", "verify-full"] {
            assert!(mode(&format!("sslmode={name}")).unwrap_err().contains("turn on the feature `tls`"));
        }
        assert!(mode("ssl=true").unwrap_err().contains("turn on the feature `tls`"));
        assert!(mode("sslrootcert=system").unwrap_err().contains("turn on the feature `tls`"));
    }

    #[cfg(feature = "tls")]
    #[test]
    fn authorities_of_the_system_vouch_for_hosts_only() {
        assert_eq!(mode("ssl=true"), Ok(SslMode::Require));
        assert_eq!(mode("sslrootcert=system"), Ok(SslMode::VerifyFull));
        assert!(
            mode("sslrootcert=system&sslmode=require").unwrap_err().contains("needs `sslmode=verify-full`")
        );
        assert_eq!(mode("sslrootcert=/x&sslmode=verify-ca"), Ok(SslMode::VerifyCa));
    }
}
