//! What can go wrong between "there is no set-up" and a running PostgreSQL.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::install::{OLDEST, Version};

/// Why there is no PostgreSQL to work with. Each says what to do about it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// None is installed, and none could be fetched.
    NotFound {
        /// Versions that were found and are older than this framework supports, with their folders.
        too_old: Vec<(Version, PathBuf)>,
        /// Why none was fetched.
        fetch: String,
        /// The command that installs one on this system.
        install: String,
    },
    /// `PG_BINDIR` names a folder without a usable PostgreSQL.
    BinDir {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The data was made by a major version that is not installed.
    WrongVersion {
        /// The data folder.
        data: PathBuf,
        /// The major version that made it.
        made_by: u32,
        /// What is installed.
        found: Vec<(Version, PathBuf)>,
    },
    /// PostgreSQL does not run as root, and no other account was found that could run it.
    NoAccount,
    /// The data belongs to another account.
    NotYours {
        /// The data folder.
        data: PathBuf,
        /// Whose it is.
        owner: String,
    },
    /// A file or folder could not be used.
    Files {
        /// What was tried, as in "create".
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// `initdb` failed.
    Initdb {
        /// Its last lines.
        log: Vec<String>,
    },
    /// The server ended while it started.
    Server {
        /// Its last lines.
        log: Vec<String>,
        /// Where all lines are.
        file: PathBuf,
    },
    /// It took too long.
    TimedOut {
        /// What was waited for.
        waiting_for: &'static str,
        /// For how many seconds.
        seconds: u64,
        /// The server's last lines.
        log: Vec<String>,
    },
    /// The pinned build could not be fetched.
    Fetch {
        /// Which package of which registry.
        package: String,
        /// What went wrong.
        reason: String,
    },
    /// `DATABASE_URL` is not one.
    Url {
        /// What the parser said. The URL itself is not repeated: it may hold a password.
        reason: String,
    },
    /// The database could not be created or reached.
    Database {
        /// Its name.
        name: String,
        /// What was answered.
        reason: String,
    },
}

impl Error {
    pub(crate) fn files(doing: &'static str, path: impl AsRef<Path>) -> impl FnOnce(io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::Files { doing, path, source }
    }
}

fn lines(f: &mut fmt::Formatter<'_>, log: &[String]) -> fmt::Result {
    log.iter().try_for_each(|line| write!(f, "\n    {line}"))
}

fn installed(found: &[(Version, PathBuf)]) -> String {
    if found.is_empty() {
        return "none is installed".to_owned();
    }
    let each: Vec<_> = found.iter().map(|(version, bin)| format!("{version} in {}", bin.display())).collect();
    format!("installed: {}", each.join(", "))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { too_old, fetch, install } => {
                write!(f, "There is no PostgreSQL {OLDEST} or newer on this machine")?;
                if !too_old.is_empty() {
                    write!(f, " ({})", installed(too_old))?;
                }
                write!(
                    f,
                    ", and none was fetched: {fetch}. Install it with `{install}`, \
                     or set DATABASE_URL to a server, or PG_BINDIR to a folder with initdb and postgres."
                )
            }
            Self::BinDir { path, reason } => write!(
                f,
                "PG_BINDIR is {}, but {reason}. Set it to a folder with initdb and postgres, or unset it.",
                path.display()
            ),
            Self::WrongVersion { data, made_by, found } => write!(
                f,
                "The data in {} was made by PostgreSQL {made_by}; {}. Install PostgreSQL {made_by} or set PG_BINDIR \
                 to its programs; or bring the data over with pg_upgrade; or, to begin with an empty database, \
                 move that folder away.",
                data.display(),
                installed(found)
            ),
            Self::NoAccount => f.write_str(
                "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as. \
                 Run this as another user, or add an account with `adduser --system postgres`.",
            ),
            Self::NotYours { data, owner } => write!(
                f,
                "The data in {} belongs to {owner}. Run this as {owner} or as root, or set DATABASE_URL.",
                data.display()
            ),
            Self::Files { doing, path, source } => write!(f, "Could not {doing} {}: {source}.", path.display()),
            Self::Initdb { log } => {
                f.write_str("PostgreSQL's initdb failed. Its last lines:")?;
                lines(f, log)
            }
            Self::Server { log, file } => {
                write!(f, "PostgreSQL did not start. The last lines of {}:", file.display())?;
                lines(f, log)
            }
            Self::TimedOut { waiting_for, seconds, log } => {
                write!(f, "Waited {seconds} s for {waiting_for}. The server's last lines:")?;
                lines(f, log)
            }
            Self::Fetch { package, reason } => write!(f, "{package} could not be fetched: {reason}"),
            Self::Url { reason } => write!(
                f,
                "DATABASE_URL is not a PostgreSQL URL: {reason}. It looks like postgres://user:password@host:5432/name."
            ),
            Self::Database { name, reason } => write!(f, "The database `{name}` could not be used: {reason}."),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Files { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_installation_names_every_way_out() {
        let text = Error::NotFound {
            too_old: vec![(Version::new(12, 3), PathBuf::from("/opt/pg/bin"))],
            fetch: "npm is not installed".to_owned(),
            install: "apt-get install postgresql".to_owned(),
        }
        .to_string();
        for part in
            ["12.3 in /opt/pg/bin", "npm is", "`apt-get install postgresql`", "DATABASE_URL", "PG_BINDIR"]
        {
            assert!(text.contains(part), "{part} is missing in: {text}");
        }
    }

    #[test]
    fn the_servers_last_lines_are_shown() {
        let error = Error::Initdb { log: vec!["initdb: error: no space".to_owned()] };
        assert_eq!(
            error.to_string(),
            "PostgreSQL's initdb failed. Its last lines:\n    initdb: error: no space"
        );
    }
}
