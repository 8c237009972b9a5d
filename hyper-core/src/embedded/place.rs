//! Where a cluster's files are, and whose they are.

use std::collections::hash_map::RandomState;
use std::env;
use std::fs::{self, DirBuilder};
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::account::{self, Account, RunAs};
use super::error::Error;

/// Where data goes when the account that runs the server cannot enter the project's folder.
const SYSTEM: &str = "/var/lib/hyperdjango";

/// The folders of a cluster and the account that owns them.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Holds `data`, the log, the lock and the FIFO.
    pub(crate) root: PathBuf,
    /// Holds the socket: elsewhere, since a socket's path has room for about 100 bytes.
    pub(crate) socket: PathBuf,
    pub(crate) run_as: RunAs,
    /// Whether it outlives its users.
    pub(crate) kept: bool,
}

/// A word nobody else has, of digits and lower-case letters.
pub(crate) fn word() -> String {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    format!("{:016x}", hasher.finish())
}

fn short_hash(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    digest[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Place {
    /// The cluster of a project. Makes its folders.
    pub(crate) fn project(folder: &Path) -> Result<Self, Error> {
        let folder = fs::canonicalize(folder).map_err(Error::files("find the project's folder", folder))?;
        let hash = short_hash(&folder);
        let local = folder.join(".hyper").join("pg");
        let system = Path::new(SYSTEM).join(&hash);
        let me = account::my_uid()?;
        let (root, run_as) = if me == 0 {
            as_root(&folder, local, system)?
        } else {
            (as_myself(me, local, &system)?, RunAs::Myself(me))
        };
        let place =
            Self { root, socket: Path::new("/tmp").join(format!("hyperdjango-{hash}")), run_as, kept: true };
        if place.root.starts_with(&folder) {
            let hidden = folder.join(".hyper");
            if make(&hidden, 0o755)? {
                place.give_to_owner_of(&folder, &hidden)?;
                let ignore = hidden.join(".gitignore");
                fs::write(&ignore, "*\n").map_err(Error::files("write", &ignore))?;
                place.give_to_owner_of(&folder, &ignore)?;
            }
        } else {
            make(Path::new(SYSTEM), 0o755)?;
        }
        place.make_private(&place.root)?;
        if place.socket.symlink_metadata().is_ok() {
            place.check_owner(&place.socket)?;
        }
        Ok(place)
    }

    /// Makes a folder that only the server's account may enter, or finds it so.
    pub(crate) fn make_private(&self, path: &Path) -> Result<(), Error> {
        make(path, 0o700)?;
        let metadata = fs::symlink_metadata(path).map_err(Error::files("read", path))?;
        // Made by root, by this process or by another one just now, and not yet given away.
        if metadata.is_dir() && metadata.uid() == 0 && metadata.mode() & 0o777 == 0o700 {
            self.run_as.give(path)?;
        }
        self.check_owner(path)
    }

    /// A cluster of nobody's, in a folder for temporary files that is removed with it.
    pub(crate) fn ephemeral() -> Result<Self, Error> {
        let me = account::my_uid()?;
        let run_as = match me {
            0 => RunAs::Other(account::candidates(None).into_iter().next().ok_or(Error::NoAccount)?),
            me => RunAs::Myself(me),
        };
        let temporary = env::temp_dir();
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.".contains(c);
        let fits = temporary.to_str().is_some_and(|path| path.len() < 50 && path.chars().all(plain));
        let base = if fits && run_as.can_enter(&temporary) { temporary } else { PathBuf::from("/tmp") };
        let root = base.join(format!("hyperdjango-{}-{}", std::process::id(), word()));
        let place = Self { socket: root.clone(), root, run_as, kept: false };
        make(&place.root, 0o700)?;
        place.run_as.give(&place.root)?;
        Ok(place)
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.root.join("server.log")
    }

    /// The socket itself.
    pub(crate) fn socket_file(&self) -> PathBuf {
        self.socket.join(".s.PGSQL.5432")
    }

    /// The major version that made the data, if there is any.
    pub(crate) fn made_by(&self) -> Option<u32> {
        let text = fs::read_to_string(self.data().join("PG_VERSION")).ok()?;
        text.trim().split('.').next()?.parse().ok()
    }

    fn give_to_owner_of(&self, folder: &Path, path: &Path) -> Result<(), Error> {
        if account::owner(folder) == Some(self.run_as.uid()) { self.run_as.give(path) } else { Ok(()) }
    }

    /// The names are guessable, and `/tmp` is everybody's: somebody else's folder is not used.
    fn check_owner(&self, path: &Path) -> Result<(), Error> {
        let metadata = fs::symlink_metadata(path).map_err(Error::files("read", path))?;
        if !metadata.is_dir() {
            let source = io::Error::from(io::ErrorKind::NotADirectory);
            return Err(Error::Files { doing: "use", path: path.to_owned(), source });
        }
        if metadata.uid() != self.run_as.uid() || metadata.mode() & 0o077 != 0 {
            return Err(Error::NotYours { data: path.to_owned(), owner: account::name_of(metadata.uid()) });
        }
        Ok(())
    }
}

/// Makes a folder; false if it was there.
fn make(path: &Path, mode: u32) -> Result<bool, Error> {
    match DirBuilder::new().mode(mode).create(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(Error::files("create", path)(error)),
    }
}

fn as_myself(me: u32, local: PathBuf, system: &Path) -> Result<PathBuf, Error> {
    for place in [local.as_path(), system] {
        match account::owner(place) {
            Some(owner) if owner == me => break,
            Some(owner) => {
                return Err(Error::NotYours { data: place.to_owned(), owner: account::name_of(owner) });
            }
            None => {}
        }
    }
    Ok(local)
}

fn as_root(folder: &Path, local: PathBuf, system: PathBuf) -> Result<(PathBuf, RunAs), Error> {
    // Data that is there decides: where it is, and whose it is.
    for place in [&local, &system] {
        if let Some(account) = account::owner(&place.join("data")).and_then(Account::by_uid) {
            return Ok((place.clone(), RunAs::Other(account)));
        }
    }
    let candidates: Vec<_> =
        account::candidates(account::owner(folder)).into_iter().map(RunAs::Other).collect();
    let first = candidates.first().ok_or(Error::NoAccount)?.clone();
    if first.can_enter(folder) { Ok((local, first)) } else { Ok((system, first)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_of_any_project_has_a_path_that_fits() {
        let deep = PathBuf::from(format!("/{}", "a/".repeat(500)));
        let socket =
            Path::new("/tmp").join(format!("hyperdjango-{}", short_hash(&deep))).join(".s.PGSQL.5432");
        assert!(socket.as_os_str().len() < 60);
        assert_ne!(short_hash(Path::new("/a")), short_hash(Path::new("/b")));
    }

    #[test]
    fn words_are_safe_in_file_names_and_differ() {
        assert!(word().chars().all(|c| c.is_ascii_digit() || c.is_ascii_lowercase()));
        assert_ne!(word(), word());
    }

    #[test]
    fn a_project_that_does_not_exist_is_named() {
        let text = Place::project(Path::new("/does/not/exist")).unwrap_err().to_string();
        assert!(text.contains("/does/not/exist"), "{text}");
    }
}
