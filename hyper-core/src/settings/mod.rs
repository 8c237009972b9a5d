//! Settings from the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use crate::server::Options;

mod error;
mod parts;
mod read;
mod secret;

pub use error::SettingsError;
pub(crate) use read::Read;
pub use secret::Secret;
use secret::project_key;

/// Where the server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bind {
    /// `HOST:PORT`; port 0 takes a free one.
    Tcp(String, u16),
    /// The path of a unix socket.
    Unix(PathBuf),
}

impl fmt::Display for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(host, port) if host.contains(':') => write!(f, "http://[{host}]:{port}"),
            Self::Tcp(host, port) => write!(f, "http://{host}:{port}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// The settings of a process. Cheap to clone.
///
/// | key | default | |
/// |---|---|---|
/// | `DEBUG` | `true` in a debug build, `false` in a release build | details for developers; `true`, `false`, `1`, `0` |
/// | `DATABASE_URL` | a PostgreSQL of the project's own | `postgres://user:password@host:5432/name` |
/// | `POOL_SIZE` | threads + 8, at least 32 | connections to it, one for each thread among them; opened when needed |
/// | `CONNECT_TIMEOUT` | `10000` | milliseconds until a PostgreSQL that says nothing counts as not there |
/// | `QUERY_TIMEOUT` | `0` | milliseconds PostgreSQL may take for a statement, also where it says nothing any more; `0` is as long as it takes |
/// | `PREPARED_STATEMENTS` | `true`, but not behind a pooler that cannot have it | whether statements are prepared |
/// | `POOLER_MODE` | `transaction`, where a pooler is found | `session` or `transaction`: what it does with connections |
/// | `STATEMENT_CACHE_SIZE` | `256` | prepared statements a connection keeps |
/// | `POOL_HEARTBEAT_INTERVAL`, `POOL_HEALTH_INTERVAL` | `15`, `30` | seconds between questions whether it is well; 0 is never |
/// | `POOL_TUNER` | `false` | whether the size follows the load, between `POOL_TUNER_MIN` and `POOL_TUNER_MAX` |
/// | `SLOW_QUERY_LOG` | `false` | whether slow statements are written to `hyper_slow_queries` |
/// | `SLOW_QUERY_THRESHOLD` | `100` | milliseconds from which on a statement is slow |
/// | `SLOW_QUERY_SQL_LENGTH`, `SLOW_QUERY_PARAMS_LENGTH` | `2000`, `500` | characters that are kept of it |
/// | `SLOW_QUERY_RETENTION_DAYS` | `7` | how long it is kept |
/// | `READY_TIMEOUT` | `800` | milliseconds that a check of [`Readiness`](crate::health::Readiness) may take |
/// | `SECRET_KEY` | | signs cookies; at least 32 characters. Required unless `DEBUG` |
/// | `SECRET_KEY_FALLBACKS` | | former keys, with spaces or commas between them |
/// | `HOST`, `PORT` | `127.0.0.1`, `8000` | where to listen; port 0 takes a free one |
/// | `BIND` | | `unix:/path` or `host:port`, instead of `HOST` and `PORT` |
/// | `UNIX_SOCKET_MODE` | as the umask says | who may connect to a unix socket: octal, such as `660` |
/// | `HYPER_FD` | | `0`: standard input is the listening socket; that of systemd (`LISTEN_FDS`) is taken by itself |
/// | `LISTEN_BACKLOG` | `4096` | connections the kernel keeps until they are accepted |
/// | `TCP_NODELAY` | `true` | whether small answers leave at once |
/// | `TLS_CERT`, `TLS_KEY` | | PEM files: certificates, the server's first, and its key. Then it is HTTPS. Feature `tls` |
/// | `HTTP_SERVER_MODEL` | `shared` | `shared` or `per_core`: whether threads take work from each other |
/// | `THREAD_POOL_SIZE` | number of cores | threads that run handlers |
/// | `WATCHDOG_THRESHOLD` | `100` | milliseconds a handler may hold its thread until it is named in the log; `0` is never |
/// | `PROBLEM_JSON` | `false` | whether errors for programs are always `application/problem+json` |
/// | `MAX_BODY_SIZE` | `10485760` | bytes of a request's body |
/// | `MAX_UPLOAD_SIZE` | as `MAX_BODY_SIZE` | bytes of a `multipart/form-data` body |
/// | `DATA_UPLOAD_MAX_MEMORY_SIZE` | `2621440` | bytes of its fields that are no files |
/// | `DATA_UPLOAD_MAX_NUMBER_FIELDS` | `1000` | fields of a form or a query string |
/// | `DATA_UPLOAD_MAX_NUMBER_FILES` | `100` | files of a form |
/// | `FILE_UPLOAD_MAX_MEMORY_SIZE` | `2621440` | bytes of a request's files in memory; the others are in temporary files |
/// | `FILE_UPLOAD_MAX_SIZE` | `0` | bytes of one file; 0 is any number |
/// | `FILE_UPLOAD_TEMP_DIR` | the system's | the folder of temporary files |
/// | `FILE_UPLOAD_PERMISSIONS` | `644` | of files that are saved, octal |
/// | `TRUSTED_PROXIES` | | addresses, networks and `unix`, with commas between them: see [`ClientAddr`](crate::http::ClientAddr) |
/// | `TRUSTED_PROXY_COUNT` | `0` | proxies on the way, wherever they are |
/// | `TRUSTED_PROXY_HEADER` | `X-Forwarded-For` | where they say who asks |
/// | `SECURE_PROXY_SSL_HEADER` | | the header in which they say `https` |
/// | `USE_X_FORWARDED_HOST`, `USE_X_FORWARDED_PORT` | `false` | whether they say the host and its port |
/// | `DRAIN_TIMEOUT` | `30` | seconds that requests may take to finish when the server stops |
/// | `DRAIN_DELAY` | `0` | seconds after SIGTERM in which requests are still accepted, and the process is not ready |
/// | `HEADER_TIMEOUT` | `10` | seconds a client may take to send the head of a request |
/// | `BODY_TIMEOUT` | `30` | seconds for a body, and one more for each 16 KiB of it |
/// | `SEND_TIMEOUT` | `30` | seconds a client may take nothing of an answer, or a handler goes on for one that has closed its side |
/// | `KEEP_ALIVE_TIMEOUT` | `75` | seconds a connection stays open without a request |
/// | `REST_TIMEOUT` | `2` | seconds without a request after which a connection gives back memory; 0 is at once |
///
/// Components read their own keys by [`Settings::get`] and [`Settings::parse`].
///
/// ```
/// use hyper_core::Settings;
///
/// let settings = Settings::from_pairs([("DEBUG", "true"), ("PORT", "9000")]).unwrap();
/// assert_eq!(settings.bind().to_string(), "http://127.0.0.1:9000");
/// let error = Settings::from_pairs([("PORT", "http")]).unwrap_err();
/// assert_eq!(error.to_string(), "PORT should be a number from 0 to 65535, and is `http`");
/// ```
#[derive(Clone)]
pub struct Settings(Arc<Inner>, Option<Arc<parts::Parts>>);

struct Inner {
    values: BTreeMap<String, String>,
    debug: bool,
    append_slash: bool,
    secret_key: Option<Secret>,
    bind: Bind,
    threads: usize,
    max_body_size: usize,
    limits: Limits,
    server: Options,
}

/// How long a client may take for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The head of a request, from its first byte.
    pub header: Duration,
    /// The body of a request; one second more for each 16 KiB received.
    pub body: Duration,
    /// Without taking a byte of an answer.
    pub send: Duration,
    /// Without a request.
    pub keep_alive: Duration,
    /// Without a request, until a connection gives back the memory that only a request needs.
    pub rest: Duration,
    /// All requests to finish, once the server stops.
    pub drain: Duration,
}

impl Settings {
    /// Reads the environment of the process.
    ///
    /// # Errors
    /// The first setting that is malformed, or `SECRET_KEY` missing outside `DEBUG`.
    pub fn from_env() -> Result<Self, SettingsError> {
        // What is not UTF-8 is no setting of ours.
        Self::from_pairs(
            std::env::vars_os()
                .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    /// Reads pairs of key and value, as tests do; a later pair replaces an earlier one.
    ///
    /// # Errors
    /// As [`Settings::from_env`].
    pub fn from_pairs<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Result<Self, SettingsError>
    where
        K: Into<String>,
        V: Into<String>,
    {
        let values: BTreeMap<String, String> =
            pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        let mut inner = Inner {
            values,
            debug: false,
            append_slash: true,
            secret_key: None,
            bind: Bind::Tcp(String::new(), 0),
            threads: 0,
            max_body_size: 0,
            limits: Limits {
                header: Duration::ZERO,
                body: Duration::ZERO,
                send: Duration::ZERO,
                keep_alive: Duration::ZERO,
                rest: Duration::ZERO,
                drain: Duration::ZERO,
            },
            server: Options::default(),
        };
        // As `cargo run` builds it; a release build serves real people.
        inner.debug = inner.flag("DEBUG", cfg!(debug_assertions))?;
        inner.server = Options::read(&inner)?;
        inner.append_slash = inner.flag("APPEND_SLASH", true)?;
        inner.bind = inner.read_bind()?;
        inner.threads = inner.number("THREAD_POOL_SIZE", 0..=4096, 0)?;
        inner.max_body_size = inner.number("MAX_BODY_SIZE", 0..=usize::MAX, 10 * 1024 * 1024)?;
        inner.limits = Limits {
            header: inner.seconds("HEADER_TIMEOUT", 10)?,
            body: inner.seconds("BODY_TIMEOUT", 30)?,
            send: inner.seconds("SEND_TIMEOUT", 30)?,
            keep_alive: inner.seconds("KEEP_ALIVE_TIMEOUT", 75)?,
            rest: inner.seconds("REST_TIMEOUT", 2)?,
            drain: inner.seconds("DRAIN_TIMEOUT", 30)?,
        };
        inner.secret_key = inner.get("SECRET_KEY").map(Secret::new);
        if inner.secret_key.as_ref().is_some_and(|key| key.expose().len() < 32) {
            return Err(SettingsError::new("SECRET_KEY", "should have at least 32 characters"));
        }
        Ok(Self(Arc::new(inner), None))
    }

    /// These settings with a `SECRET_KEY`, as a server needs one.
    ///
    /// In `DEBUG` a missing key is made up and kept in `.hyper/secret_key` under [`project`](Self::project),
    /// readable by its owner only, so that sessions outlive a restart.
    ///
    /// # Errors
    /// Outside `DEBUG`, that the key is missing; in it, that the file cannot be read or written.
    pub fn with_secret_key(self) -> Result<Self, SettingsError> {
        if self.0.secret_key.is_some() {
            return Ok(self);
        }
        if !self.debug() {
            return Err(SettingsError::new(
                "SECRET_KEY",
                "is required: set it to at least 32 random characters, such as those of \
                 `openssl rand -hex 32` (with DEBUG=true one is made up)",
            ));
        }
        let key = project_key(self.project()).map_err(|error| {
            SettingsError::new("SECRET_KEY", format!("cannot be kept in .hyper/secret_key: {error}"))
        })?;
        let mut values = self.0.values.clone();
        values.insert("SECRET_KEY".to_owned(), key);
        Self::from_pairs(values)
    }

    /// The project's folder, where `.hyper` is: the package's when cargo runs the program, else the current one.
    #[must_use]
    pub fn project(&self) -> &Path {
        Path::new(self.get("CARGO_MANIFEST_DIR").unwrap_or("."))
    }

    /// The text of any setting; `None` when it is missing or empty.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)
    }

    /// Reads a setting as a `T`; `None` when it is missing or empty. `expected` says in the error
    /// what it should be, such as `a number of seconds`.
    ///
    /// # Errors
    /// With key, value and what is expected, when it is no `T`.
    pub fn parse<T: FromStr>(&self, key: &str, expected: &str) -> Result<Option<T>, SettingsError> {
        self.0.parse(key, expected)
    }

    /// Reads a setting that is on or off: `true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off`.
    ///
    /// ```
    /// let settings = hyper_core::Settings::from_pairs([("DEBUG", "true"), ("SENDS_MAIL", "maybe")]).unwrap();
    /// assert_eq!(settings.flag("SENDS_POST", true), Ok(true));
    /// let error = settings.flag("SENDS_MAIL", true).unwrap_err();
    /// assert_eq!(error.to_string(), "SENDS_MAIL should be `true` or `false`, and is `maybe`");
    /// ```
    ///
    /// # Errors
    /// With key and value, when it is none of these.
    pub fn flag(&self, key: &str, default: bool) -> Result<bool, SettingsError> {
        self.0.flag(key, default)
    }

    /// Reads a number in a range.
    ///
    /// ```
    /// let settings = hyper_core::Settings::from_pairs([("DEBUG", "true"), ("RETRIES", "70")]).unwrap();
    /// let error = settings.number("RETRIES", 0..=9, 3).unwrap_err();
    /// assert_eq!(error.to_string(), "RETRIES should be a number from 0 to 9, and is `70`");
    /// ```
    ///
    /// # Errors
    /// With key, value and the range, when it is not in it.
    pub fn number(
        &self,
        key: &str,
        range: std::ops::RangeInclusive<usize>,
        default: usize,
    ) -> Result<usize, SettingsError> {
        self.0.number(key, range, default)
    }

    /// Reads a whole number of seconds.
    ///
    /// # Errors
    /// With key and value, when it is none.
    pub fn seconds(&self, key: &str, default: u64) -> Result<Duration, SettingsError> {
        self.0.seconds(key, default)
    }

    /// The entries of a list, with commas or spaces between them; none when the setting is missing.
    ///
    /// ```
    /// let settings = hyper_core::Settings::from_pairs([("ALLOWED_HOSTS", "a.example, .b.example")]).unwrap();
    /// assert_eq!(settings.list("ALLOWED_HOSTS").collect::<Vec<_>>(), ["a.example", ".b.example"]);
    /// ```
    pub fn list(&self, key: &str) -> impl Iterator<Item = &str> {
        let separator = |c: char| c == ',' || c.is_whitespace();
        self.get(key).unwrap_or("").split(separator).filter(|entry| !entry.is_empty())
    }

    /// All keys with their values, which may be secret.
    pub(crate) fn values(&self) -> &BTreeMap<String, String> {
        &self.0.values
    }

    /// `DEBUG`.
    #[must_use]
    pub fn debug(&self) -> bool {
        self.0.debug
    }

    /// `APPEND_SLASH`: whether a path that is wrong only by a slash at its end is redirected to the right one.
    #[must_use]
    pub fn append_slash(&self) -> bool {
        self.0.append_slash
    }

    /// `SECRET_KEY`, where there is one.
    #[must_use]
    pub fn secret_key(&self) -> Option<&Secret> {
        self.0.secret_key.as_ref()
    }

    /// `BIND`, or `HOST` and `PORT`.
    #[must_use]
    pub fn bind(&self) -> &Bind {
        &self.0.bind
    }

    /// `THREAD_POOL_SIZE`; the number of cores unless set.
    #[must_use]
    pub fn threads(&self) -> usize {
        match self.0.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }

    /// `MAX_BODY_SIZE`, in bytes.
    #[must_use]
    pub fn max_body_size(&self) -> usize {
        self.0.max_body_size
    }

    /// The time limits of connections.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.0.limits
    }

    pub(crate) fn server(&self) -> &Options {
        &self.0.server
    }
}

/// Hides all values but those that are known to be harmless.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("debug", &self.0.debug)
            .field("bind", &self.0.bind)
            .field("threads", &self.threads())
            .field("max_body_size", &self.0.max_body_size)
            .field("limits", &self.0.limits)
            .finish_non_exhaustive()
    }
}

impl Read for Inner {
    fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
    }
}

impl Inner {
    fn seconds(&self, key: &str, default: u64) -> Result<Duration, SettingsError> {
        let seconds = self.parse::<u32>(key, "a whole number of seconds")?;
        Ok(Duration::from_secs(seconds.map_or(default, u64::from)))
    }

    fn read_bind(&self) -> Result<Bind, SettingsError> {
        const EXPECTED: &str = "`unix:/path/of/socket` or `host:port`";
        let Some(bind) = self.get("BIND") else {
            let port = self.number("PORT", 0..=65535, 8000)? as u16;
            return Ok(Bind::Tcp(self.get("HOST").unwrap_or("127.0.0.1").to_owned(), port));
        };
        if let Some(path) = bind.strip_prefix("unix:") {
            if path.is_empty() {
                return Err(self.malformed("BIND", EXPECTED, bind));
            }
            return Ok(Bind::Unix(path.into()));
        }
        let parsed = bind.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
        let (host, port) = parsed.ok_or_else(|| self.malformed("BIND", EXPECTED, bind))?;
        Ok(Bind::Tcp(host.trim_matches(['[', ']']).to_owned(), port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_values_name_key_value_and_what_is_expected() {
        for (key, value, expected) in [
            ("DEBUG", "maybe", "DEBUG should be `true` or `false`, and is `maybe`"),
            ("PORT", "70000", "PORT should be a number from 0 to 65535, and is `70000`"),
            ("BIND", "unix:", "BIND should be `unix:/path/of/socket` or `host:port`, and is `unix:`"),
            ("BIND", "here", "BIND should be `unix:/path/of/socket` or `host:port`, and is `here`"),
            ("MAX_BODY_SIZE", "10M", "MAX_BODY_SIZE should be a number from 0, and is `10M`"),
            ("DRAIN_TIMEOUT", "-1", "DRAIN_TIMEOUT should be a whole number of seconds, and is `-1`"),
            ("SECRET_KEY", "short", "SECRET_KEY should have at least 32 characters"),
        ] {
            assert_eq!(Settings::from_pairs([(key, value)]).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let key = "0123456789abcdef0123456789abcdef";
        let settings = Settings::from_pairs([("SECRET_KEY", key), ("DATABASE_URL", "pw")]).unwrap();
        let shown = format!("{settings:?} {:?}", settings.secret_key());
        assert!(!shown.contains(key) && !shown.contains("pw"), "{shown}");
    }

    #[test]
    fn a_missing_key_is_made_up_in_debug_only() {
        let directory = std::env::temp_dir().join(format!("hyper-settings-{}", std::process::id()));
        let project = directory.to_str().unwrap();
        let settings =
            |debug| Settings::from_pairs([("DEBUG", debug), ("CARGO_MANIFEST_DIR", project)]).unwrap();
        let debug = || settings("1").with_secret_key().unwrap();
        let first = debug();
        assert_eq!(first.secret_key(), debug().secret_key());
        assert_eq!(first.secret_key().unwrap().expose().len(), 64);
        assert_eq!(std::fs::read_to_string(directory.join(".hyper/.gitignore")).unwrap(), "*\n");
        assert_eq!(settings("0").with_secret_key().unwrap_err().key(), "SECRET_KEY");
        std::fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn ipv6_hosts_are_understood() {
        let settings = Settings::from_pairs([("BIND", "[::1]:9000")]).unwrap();
        assert_eq!(settings.bind(), &Bind::Tcp("::1".to_owned(), 9000));
        assert_eq!(settings.bind().to_string(), "http://[::1]:9000");
    }
}
