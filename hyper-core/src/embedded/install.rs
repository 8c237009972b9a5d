//! Where a PostgreSQL is installed on this machine.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::thread::sleep;
use std::time::Duration;

use super::error::Error;

/// The oldest major version that works.
pub(crate) const OLDEST: u32 = 13;

/// A version of PostgreSQL, such as 15.18.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The major version: data of one is not readable by another.
    pub major: u32,
    /// The minor version.
    pub minor: u32,
}

impl Version {
    /// A version from its two numbers.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = ();

    /// Reads what `postgres --version` prints, or the two numbers alone; 17beta1 is 17.0.
    fn from_str(text: &str) -> Result<Self, ()> {
        let word =
            text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).ok_or(())?;
        let number = |text: &str| {
            let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            text[..digits].parse::<u32>()
        };
        let major = number(word).map_err(|_| ())?;
        let minor = word.split_once('.').map_or(Ok(0), |(_, minor)| number(minor)).map_err(|_| ())?;
        Ok(Self { major, minor })
    }
}

/// A PostgreSQL that can be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Install {
    pub(crate) bin: PathBuf,
    pub(crate) version: Version,
}

/// Where to look. The default is the environment's `PG_BINDIR` and `PATH` and the folders packages use.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) bindir: Option<PathBuf>,
    pub(crate) path: OsString,
    /// Folders in which `*` stands for any name.
    pub(crate) patterns: Vec<String>,
}

impl Search {
    pub(crate) fn from_env() -> Self {
        let patterns = [
            "/usr/lib/postgresql/*/bin",
            "/usr/pgsql-*/bin",
            "/usr/libexec/postgresql*",
            "/usr/lib/postgresql*/bin",
            "/opt/homebrew/opt/postgresql*/bin",
            "/usr/local/opt/postgresql*/bin",
            "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
            "/Applications/Postgres.app/Contents/Versions/*/bin",
            "/usr/local/pgsql/bin",
        ];
        Self {
            bindir: env::var_os("PG_BINDIR").filter(|dir| !dir.is_empty()).map(PathBuf::from),
            path: env::var_os("PATH").unwrap_or_default(),
            patterns: patterns.map(str::to_owned).to_vec(),
        }
    }

    /// All that are there, those to prefer first: of `PATH` in its order, then by version.
    ///
    /// # Errors
    /// [`Error::BinDir`] when `PG_BINDIR` is set and useless: it is then not silently passed over.
    pub(crate) fn find(&self) -> Result<Vec<Install>, Error> {
        if let Some(bin) = &self.bindir {
            return match Install::at(bin) {
                Some(install) if install.version.major >= OLDEST => Ok(vec![install]),
                Some(install) => Err(Error::BinDir {
                    path: bin.clone(),
                    reason: format!(
                        "that is PostgreSQL {}, and {OLDEST} is the oldest that works",
                        install.version
                    ),
                }),
                None => Err(Error::BinDir {
                    path: bin.clone(),
                    reason: "no initdb and postgres that run are in it".to_owned(),
                }),
            };
        }
        // Links in PATH are resolved: a link to initdb does not have its libraries beside it.
        let mut found: Vec<Install> = Vec::new();
        for folder in env::split_paths(&self.path) {
            let real = fs::canonicalize(folder.join("initdb"))
                .or_else(|_| fs::canonicalize(folder.join("postgres")));
            if let Some(bin) = real.ok().as_deref().and_then(Path::parent) {
                add(&mut found, bin);
            }
        }
        let mut packaged = Vec::new();
        for bin in self.patterns.iter().flat_map(|pattern| expand(pattern)) {
            add(&mut packaged, &fs::canonicalize(&bin).unwrap_or(bin));
        }
        packaged.sort_by_key(|install| std::cmp::Reverse(install.version));
        packaged.retain(|install| !found.contains(install));
        found.append(&mut packaged);
        Ok(found)
    }
}

fn add(found: &mut Vec<Install>, bin: &Path) {
    if !found.iter().any(|install| install.bin == bin) {
        found.extend(Install::at(bin));
    }
}

/// The folders a pattern with at most one `*` stands for.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return Vec::from([PathBuf::from(pattern)]).into_iter().filter(|path| path.is_dir()).collect();
    };
    let (folder, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names
        .filter(|name| name.starts_with(prefix))
        .map(|name| PathBuf::from(format!("{folder}/{name}{after}")))
        .filter(|path| path.is_dir())
        .collect()
}

impl Install {
    /// The PostgreSQL whose programs are in a folder, if they are there and run.
    pub(crate) fn at(bin: &Path) -> Option<Self> {
        if !bin.join("initdb").is_file() {
            return None;
        }
        let mut command = Command::new(bin.join("postgres"));
        command.arg("--version").stdin(Stdio::null()).stderr(Stdio::null());
        let mut output = command.output();
        // A program that was only just written is busy while another process, forked at that moment, has not begun
        // its own (execve(2), ETXTBSY).
        for _ in 0..100 {
            match &output {
                Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                    sleep(Duration::from_millis(5))
                }
                _ => break,
            }
            output = command.output();
        }
        let output = output.ok()?;
        let version = String::from_utf8_lossy(&output.stdout).parse().ok()?;
        output.status.success().then(|| Self { bin: bin.to_owned(), version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    /// A folder that is removed again.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = env::temp_dir().join(format!("hyperdjango-install-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(fs::canonicalize(path).unwrap())
        }

        fn program(&self, path: &str, prints: &str) {
            let path = self.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, format!("#!/bin/sh\necho '{prints}'\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }

        fn postgres(&self, bin: &str, version: &str) {
            self.program(&format!("{bin}/initdb"), "");
            self.program(&format!("{bin}/postgres"), &format!("postgres (PostgreSQL) {version}"));
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn nothing() -> Search {
        Search { bindir: None, path: OsString::new(), patterns: Vec::new() }
    }

    #[test]
    fn versions_are_read_from_what_the_server_prints() {
        let read = |text: &str| text.parse::<Version>();
        assert_eq!(read("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Ok(Version::new(15, 18)));
        assert_eq!(read("postgres (PostgreSQL) 18beta2"), Ok(Version::new(18, 0)));
        assert_eq!(read("9.6.24"), Ok(Version::new(9, 6)));
        assert_eq!(read("no number"), Err(()));
        assert!(Version::new(9, 6) < Version::new(13, 0));
    }

    #[test]
    fn of_packaged_ones_the_newest_comes_first() {
        let folder = Folder::new("newest");
        for version in ["9.6", "15.4", "16.1"] {
            folder.postgres(&format!("pg/{version}/bin"), version);
        }
        let search = Search { patterns: vec![format!("{}/pg/*/bin", folder.0.display())], ..nothing() };
        let majors: Vec<_> = search.find().unwrap().iter().map(|install| install.version.major).collect();
        assert_eq!(majors, [16, 15, 9]);
    }

    #[test]
    fn a_link_on_path_is_followed_and_comes_before_newer_packages() {
        let folder = Folder::new("links");
        folder.postgres("real/14/bin", "14.2");
        folder.postgres("pg/16/bin", "16.1");
        fs::create_dir(folder.0.join("links")).unwrap();
        symlink(folder.0.join("real/14/bin/initdb"), folder.0.join("links/initdb")).unwrap();
        let path = folder.0.join("links").into_os_string();
        let search =
            Search { path, patterns: vec![format!("{}/pg/*/bin", folder.0.display())], bindir: None };
        let found = search.find().unwrap();
        assert_eq!(found[0].bin, folder.0.join("real/14/bin"));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_useless_bindir_is_an_error_and_not_passed_over() {
        let folder = Folder::new("bindir");
        let search = Search { bindir: Some(folder.0.clone()), ..nothing() };
        let text = search.find().unwrap_err().to_string();
        assert!(text.starts_with("PG_BINDIR is /"), "{text}");
        folder.postgres("old", "12.9");
        let search = Search { bindir: Some(folder.0.join("old")), ..nothing() };
        assert!(search.find().unwrap_err().to_string().contains("PostgreSQL 12.9"));
    }

    #[test]
    fn nothing_is_found_where_nothing_is() {
        assert_eq!(nothing().find().unwrap(), []);
        let folder = Folder::new("half");
        folder.program("initdb", "");
        assert_eq!(Install::at(&folder.0), None);
    }
}
