//! Which account of the system runs the server: PostgreSQL refuses root.

use std::fs;
use std::os::unix::fs::{MetadataExt, lchown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::error::Error;

/// An account the server runs as when this process is root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Who this process is, and who runs the server for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RunAs {
    /// This process's own account, which is not root.
    Myself(u32),
    /// Another one, because this process is root.
    Other(Account),
}

/// The number of the account this process runs as.
pub(crate) fn my_uid() -> Result<u32, Error> {
    let output = Command::new("/bin/sh")
        .args(["-c", "PATH=$PATH:/usr/bin:/bin; exec id -u"])
        .output()
        .map_err(Error::files("run", "/bin/sh"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| Error::Files {
        doing: "learn the user id from",
        path: "id -u".into(),
        source: std::io::Error::other(format!("it printed {:?}", text.trim())),
    })
}

impl Account {
    /// Finds an account by a predicate over the fields of its line in the user database.
    fn find(key: &str, matches: impl Fn(&Self) -> bool) -> Option<Self> {
        let local = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let found = local.lines().filter_map(Self::parse).find(&matches);
        // Accounts of a directory service are not in the file.
        found.or_else(|| {
            let output = Command::new("getent").args(["passwd", key]).stderr(Stdio::null()).output().ok()?;
            String::from_utf8_lossy(&output.stdout).lines().filter_map(Self::parse).find(&matches)
        })
    }

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::find(name, |account| account.name == name)
    }

    /// PostgreSQL asks for the name of its own account, so one without an entry cannot run it.
    pub(crate) fn by_uid(uid: u32) -> Option<Self> {
        Self::find(&uid.to_string(), |account| account.uid == uid)
    }

    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Self { name, uid, gid })
    }
}

impl RunAs {
    pub(crate) fn uid(&self) -> u32 {
        match self {
            Self::Myself(uid) => *uid,
            Self::Other(account) => account.uid,
        }
    }

    /// Makes a command run as that account.
    pub(crate) fn apply(&self, command: &mut Command) {
        if let Self::Other(account) = self {
            command.uid(account.uid).gid(account.gid);
        }
    }

    /// Gives a file that this process made to that account; a link in its place is not followed.
    pub(crate) fn give(&self, path: &Path) -> Result<(), Error> {
        match self {
            Self::Myself(_) => Ok(()),
            Self::Other(account) => lchown(path, Some(account.uid), Some(account.gid))
                .map_err(Error::files("change the owner of", path)),
        }
    }

    /// Whether that account can enter a folder: asked of the kernel, not guessed from mode bits.
    pub(crate) fn can_enter(&self, folder: &Path) -> bool {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "cd -- \"$1\"", "sh"]).arg(folder).current_dir("/");
        self.apply(&mut command);
        command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    }
}

/// The name of an account, or its number where it has none.
pub(crate) fn name_of(uid: u32) -> String {
    Account::by_uid(uid).map_or_else(|| format!("user {uid}"), |account| account.name)
}

/// The owner of a path that exists.
pub(crate) fn owner(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|metadata| metadata.uid())
}

/// The accounts that may run the server for a root process, best first.
pub(crate) fn candidates(project_owner: Option<u32>) -> Vec<Account> {
    let owner = project_owner.filter(|uid| *uid != 0).and_then(Account::by_uid);
    let mut all: Vec<Account> = Vec::new();
    for account in owner.into_iter().chain(["postgres", "nobody"].into_iter().filter_map(Account::by_name)) {
        if !all.contains(&account) && account.uid != 0 {
            all.push(account);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_user_database_is_read() {
        let account =
            Account::parse("postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash");
        assert_eq!(account, Some(Account { name: "postgres".to_owned(), uid: 101, gid: 104 }));
        assert_eq!(Account::parse("# a comment"), None);
        assert_eq!(Account::parse("short:x:12"), None);
    }

    #[test]
    fn root_never_runs_the_server() {
        assert!(candidates(Some(0)).iter().all(|account| account.uid != 0));
    }

    #[test]
    fn i_own_what_i_make() {
        let path = std::env::temp_dir().join(format!("hyperdjango-account-{}", std::process::id()));
        fs::write(&path, "").unwrap();
        assert_eq!(owner(&path), Some(my_uid().unwrap()));
        fs::remove_file(&path).unwrap();
    }
}
