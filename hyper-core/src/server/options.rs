//! What the settings say about the server itself.

use std::path::PathBuf;
use std::time::Duration;

use crate::settings::{Read, SettingsError};

/// How handlers are spread over threads: `HTTP_SERVER_MODEL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// `shared`: all threads take work from each other, so a handler that holds its thread delays few others.
    Shared,
    /// `per_core`: each thread has its own connections and never looks at those of others.
    PerCore,
}

/// The files of a certificate: `TLS_CERT` and `TLS_KEY`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    pub(crate) certificates: PathBuf,
    pub(crate) key: PathBuf,
}

/// The server's own settings.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) model: Model,
    /// Connections the kernel keeps until they are accepted.
    pub(crate) backlog: i32,
    pub(crate) nodelay: bool,
    pub(crate) unix_mode: Option<u32>,
    /// How long a handler may hold its thread unnoticed; zero is for ever.
    pub(crate) watchdog: Duration,
    pub(crate) tls: Option<TlsFiles>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            model: Model::Shared,
            backlog: 4096,
            nodelay: true,
            unix_mode: None,
            watchdog: Duration::from_millis(100),
            tls: None,
        }
    }
}

impl Options {
    pub(crate) fn read(settings: &impl Read) -> Result<Self, SettingsError> {
        let default = Self::default();
        let model = match settings.get("HTTP_SERVER_MODEL") {
            None | Some("shared") => Model::Shared,
            Some("per_core") => Model::PerCore,
            Some(other) => {
                return Err(settings.malformed("HTTP_SERVER_MODEL", "`shared` or `per_core`", other));
            }
        };
        Ok(Self {
            model,
            backlog: settings.number("LISTEN_BACKLOG", 1..=65535, default.backlog as usize)? as i32,
            nodelay: settings.flag("TCP_NODELAY", default.nodelay)?,
            unix_mode: unix_mode(settings)?,
            watchdog: Duration::from_millis(settings.number(
                "WATCHDOG_THRESHOLD",
                0..=3_600_000,
                default.watchdog.as_millis() as usize,
            )? as u64),
            tls: tls(settings)?,
        })
    }
}

fn unix_mode(settings: &impl Read) -> Result<Option<u32>, SettingsError> {
    const KEY: &str = "UNIX_SOCKET_MODE";
    let Some(text) = settings.get(KEY) else { return Ok(None) };
    match u32::from_str_radix(text, 8) {
        Ok(mode) if mode <= 0o777 => Ok(Some(mode)),
        _ => Err(settings.malformed(KEY, "three octal digits, such as `660`", text)),
    }
}

fn tls(settings: &impl Read) -> Result<Option<TlsFiles>, SettingsError> {
    let missing = |key, other| {
        SettingsError::new(key, format!("is missing, and {other} is set: HTTPS needs both, as PEM files"))
    };
    match (settings.get("TLS_CERT"), settings.get("TLS_KEY")) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(missing("TLS_KEY", "TLS_CERT")),
        (None, Some(_)) => Err(missing("TLS_CERT", "TLS_KEY")),
        (Some(_), Some(_)) if !cfg!(feature = "tls") => Err(SettingsError::new(
            "TLS_CERT",
            "is set, but this program was built without HTTPS: \
             hyperdjango = { .., features = [\"tls\"] } in Cargo.toml adds it",
        )),
        (Some(certificates), Some(key)) => {
            Ok(Some(TlsFiles { certificates: certificates.into(), key: key.into() }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    fn read(key: &str, value: &str) -> Result<Options, SettingsError> {
        Settings::from_pairs([(key, value)]).map(|settings| settings.server().clone())
    }

    #[test]
    fn each_has_a_default_and_says_what_it_should_be() {
        let default = read("DEBUG", "true").unwrap();
        assert_eq!((default.model, default.backlog, default.nodelay), (Model::Shared, 4096, true));
        assert_eq!(read("HTTP_SERVER_MODEL", "per_core").unwrap().model, Model::PerCore);
        assert_eq!(read("UNIX_SOCKET_MODE", "0660").unwrap().unix_mode, Some(0o660));
        assert!(read("WATCHDOG_THRESHOLD", "0").unwrap().watchdog.is_zero());
        assert!(!read("TCP_NODELAY", "off").unwrap().nodelay);
        for (key, value, expected) in [
            (
                "HTTP_SERVER_MODEL",
                "reactor",
                "HTTP_SERVER_MODEL should be `shared` or `per_core`, and is `reactor`",
            ),
            ("LISTEN_BACKLOG", "0", "LISTEN_BACKLOG should be a number from 1 to 65535, and is `0`"),
            ("TCP_NODELAY", "2", "TCP_NODELAY should be `true` or `false`, and is `2`"),
            (
                "UNIX_SOCKET_MODE",
                "rw",
                "UNIX_SOCKET_MODE should be three octal digits, such as `660`, and is `rw`",
            ),
            ("TLS_KEY", "/key", "TLS_CERT is missing, and TLS_KEY is set: HTTPS needs both, as PEM files"),
        ] {
            assert_eq!(read(key, value).unwrap_err().to_string(), expected);
        }
    }
}
