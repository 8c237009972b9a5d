//! Where a database is, as a URL or as pairs of key and value: what libpq takes, with its meanings.
//!
//! The text has a password in it, as a rule. So nothing of it is in an error: a parameter is named if its name is one
//! that libpq knows, and otherwise counted, as what stands there may be the rest of a password.

mod parameters;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::tls::{SslMode, TlsSettings};
use parameters::read;
use text::{of_pairs, of_url};

/// How long it may take to connect, where nobody says.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where a database is: `postgres://user:password@host:5432/name`, or `key=value` pairs as libpq
/// takes them (`host=/run/postgresql dbname=shop`). The password never appears in `Debug` or in an error.
///
/// After `?`, or among the pairs: `application_name` (default: the program's name), `channel_binding`,
/// `connect_timeout` in seconds, `dbname`, `host`, `hostaddr`, `keepalives`, `keepalives_idle`, `keepalives_interval`,
/// `keepalives_retries`, `load_balance_hosts`, `options`, `password`, `port`, `sslcert`, `sslkey`, `sslmode`,
/// `sslnegotiation`, `sslrootcert`, `target_session_attrs`, `tcp_user_timeout` and `user`.
///
/// `sslmode` means what it means to libpq, and is `prefer` by default: see [`SslMode`].
///
/// ```
/// use hyper_core::db::{DatabaseUrl, SslMode};
///
/// let url: DatabaseUrl = "postgres://me:secret@db.example/shop?sslmode=disable".parse().unwrap();
/// assert_eq!((url.name(), url.sslmode()), ("shop", SslMode::Disable));
/// assert_eq!(format!("{url:?}"), r#"DatabaseUrl([Tcp("db.example")], "shop")"#);
/// let error = "postgres://me:secret@db.example:x/shop".parse::<DatabaseUrl>().unwrap_err();
/// assert!(error.starts_with("`port` cannot be read") && !error.contains("secret"));
/// ```
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(super) config: Config,
    pub(super) tls: TlsSettings,
    /// Whether the text says how long it may take to connect.
    has_timeout: bool,
}

impl DatabaseUrl {
    /// The database's name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.config.get_dbname().or(self.config.get_user()).unwrap_or("postgres")
    }

    /// Whether connections are encrypted, and what is checked of the server.
    #[must_use]
    pub fn sslmode(&self) -> SslMode {
        self.tls.mode
    }

    /// What PostgreSQL shows as the program's name, in `pg_stat_activity` and its log.
    ///
    /// ```
    /// use hyper_core::db::DatabaseUrl;
    ///
    /// let url: DatabaseUrl = "postgres://db/shop?application_name=till".parse().unwrap();
    /// assert_eq!(url.application_name(), "till");
    /// ```
    #[must_use]
    pub fn application_name(&self) -> &str {
        self.config.get_application_name().unwrap_or_default()
    }

    /// Another database of the same server.
    pub(super) fn of_database(&self, name: &str) -> Self {
        let mut this = self.clone();
        this.config.dbname(name);
        this
    }

    /// The same with a time limit, where the text has none.
    pub(super) fn or_connect_timeout(mut self, limit: Duration) -> Self {
        if !self.has_timeout {
            self.config.connect_timeout(limit);
        }
        self
    }

    /// How long it may take to connect: 10 s, unless somebody says otherwise.
    pub(super) fn connect_timeout(&self) -> Duration {
        self.config.get_connect_timeout().copied().unwrap_or(CONNECT_TIMEOUT)
    }

    /// Whether all there is to connect to are unix sockets, which have no TLS.
    pub(super) fn is_local(&self) -> bool {
        self.config.get_hostaddrs().is_empty()
            && self.config.get_hosts().iter().all(|host| !matches!(host, Host::Tcp(_)))
    }
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pairs = match text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://")) {
            Some(rest) => of_url(rest),
            None => of_pairs(text),
        };
        pairs
            .and_then(|pairs| read(&pairs))
            .map_err(|problem| format!("{problem}; expected postgres://user:password@host:5432/name"))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({:?}, {:?})", self.config.get_hosts(), self.name())
    }
}
