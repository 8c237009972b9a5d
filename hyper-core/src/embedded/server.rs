//! Starting the server or joining the one that runs, and leaving it.
//!
//! One lock for all starters; one FIFO that every user holds open, whose end-of-file tells the keeper
//! (`keeper.sh`) that the last one is gone. A user who joins a running server writes a word into the
//! FIFO and waits for the answer: without one, the keeper had already seen the end, and the server is
//! about to stop.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::error::Error;
use super::install::Install;
use super::options::Durability;
use super::place::{Place, word};

const KEEPER: &str = include_str!("keeper.sh");
/// How long a keeper that is alive may take to answer.
const ANSWER: Duration = Duration::from_secs(3);
/// A log larger than this is set aside when the server starts.
const LOG_BYTES: u64 = 8 << 20;

/// This process's use of a running server: as long as it lives, the server is not stopped.
#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) place: Place,
    /// Held, never written again: the kernel closes it with the process, however that ends.
    users: File,
    /// Held shared, so that who leaves can tell whether others are left.
    count: File,
}

/// How a server came to be there.
pub(crate) enum Found {
    /// It ran.
    Running,
    /// It was started from these programs.
    Started(Install),
}

/// Joins the server of a place, or starts it with what `install` finds.
pub(crate) fn enter(
    place: Place,
    durability: Durability,
    timeout: Duration,
    install: impl FnOnce() -> Result<Install, Error>,
) -> Result<(Use, Found), Error> {
    let deadline = Instant::now() + timeout;
    let lock = open(&place, "lock")?;
    lock.lock().map_err(Error::files("lock", place.root.join("lock")))?;
    let count = open(&place, "users.count")?;
    count.lock_shared().map_err(Error::files("lock", place.root.join("users.count")))?;
    let mut user = Use { users: open_users(&place)?, count, place };

    let mut install = Some(install);
    let mut programs = None;
    let mut unanswered = None;
    loop {
        if user.place.live().is_some() {
            if user.join()? {
                return Ok((user, programs.map_or(Found::Running, Found::Started)));
            }
            // Either it is stopping, or its keeper was killed; then nobody would ever stop it.
            let since = *unanswered.get_or_insert_with(Instant::now);
            if since.elapsed() > ANSWER && user.place.live().is_some() {
                user.place.stop_by_force();
            }
        } else {
            let found = match (&programs, install.take()) {
                (Some(found), _) => found,
                (None, Some(install)) => programs.insert(install()?),
                (None, None) => unreachable!("the search is done once"),
            };
            let before = user.place.log_length();
            if user.launch(found, durability, &lock, deadline)? {
                continue;
            }
            // An earlier server is still there, stopping or dead and not yet buried.
            if Instant::now() > deadline {
                return Err(user.place.timed_out("the earlier server to end", timeout, before));
            }
        }
        if Instant::now() > deadline {
            return Err(user.place.timed_out("the server to stop and start again", timeout, 0));
        }
        sleep(Duration::from_millis(20));
    }
}

fn open(place: &Place, name: &str) -> Result<File, Error> {
    let path = place.root.join(name);
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    match options.open(&path) {
        Ok(file) => Ok(file),
        Err(_) => {
            let file = options.create(true).truncate(false).mode(0o600).open(&path);
            let file = file.map_err(Error::files("create", &path))?;
            place.run_as.give(&path)?;
            Ok(file)
        }
    }
}

/// Opens the FIFO for both directions, which does not wait for a reader.
fn open_users(place: &Place) -> Result<File, Error> {
    let path = place.root.join("users");
    if !fs::metadata(&path).is_ok_and(|metadata| metadata.file_type().is_fifo()) {
        let mut command = shell("exec mkfifo -m 600 -- \"$1\"");
        place.run_as.apply(&mut command);
        let output = command.arg(&path).output().map_err(Error::files("run mkfifo for", &path))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Error::files("make the FIFO", &path)(std::io::Error::other(said)));
        }
    }
    OpenOptions::new().read(true).write(true).open(&path).map_err(Error::files("open", &path))
}

/// A shell whose tools are found whatever this process's PATH is.
fn shell(script: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", script, "hyperdjango"]).stdin(Stdio::null());
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("/usr/bin:/bin:/usr/sbin:/sbin:{path}")).env("LC_ALL", "C");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("PG")) {
            command.env_remove(name);
        }
    }
    command
}

impl Use {
    /// Whether the keeper of the running server knows of this user.
    fn join(&mut self) -> Result<bool, Error> {
        let word = word();
        let path = self.place.root.join(format!("answer-{word}"));
        let sent = self.users.write_all(format!("{word}\n").as_bytes());
        sent.map_err(Error::files("write to", self.place.root.join("users")))?;
        let start = Instant::now();
        let mut pause = Duration::from_micros(200);
        while start.elapsed() < ANSWER {
            if let Some(answer) = fs::read_to_string(&path).ok().filter(|answer| answer.ends_with('\n')) {
                let _ = fs::remove_file(&path);
                return Ok(self.place.live() == answer.trim().parse().ok());
            }
            if self.place.live().is_none() {
                return Ok(false);
            }
            sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        }
        Ok(false)
    }

    /// Starts a server and waits until it is ready. False if another one still holds the data.
    fn launch(
        &self,
        install: &Install,
        durability: Durability,
        lock: &File,
        deadline: Instant,
    ) -> Result<bool, Error> {
        let place = &self.place;
        let started = Instant::now();
        place.make_private(&place.socket)?;
        place.sweep();
        let before = place.log_length();
        let word = word();
        let mut keeper = self.spawn_keeper(install, durability, lock, &word)?;
        let ended = place.root.join(format!("ended-{word}"));
        loop {
            if place.live().is_some() {
                return Ok(true);
            }
            let how = fs::read_to_string(&ended).ok().filter(|how| how.ends_with('\n'));
            let gone = keeper.try_wait().ok().flatten().is_some();
            if how.is_some() || gone {
                let log = place.log_tail(before);
                if how.as_deref().is_some_and(|how| how.starts_with("initdb")) {
                    return Err(Error::Initdb { log });
                }
                let held = |line: &String| {
                    // The second is what is left of a killed server: back ends that have not noticed yet.
                    line.contains("lock file") && line.contains("already exists")
                        || line.contains("pre-existing shared memory block")
                };
                if log.iter().any(held) {
                    return Ok(false);
                }
                return Err(Error::Server { log, file: place.log() });
            }
            if Instant::now() > deadline {
                return Err(place.timed_out("the server to be ready", started.elapsed(), before));
            }
            sleep(Duration::from_millis(3));
        }
    }

    fn spawn_keeper(
        &self,
        install: &Install,
        durability: Durability,
        lock: &File,
        word: &str,
    ) -> Result<Child, Error> {
        let place = &self.place;
        let users = place.root.join("users");
        // Without its comments it is shorter to read in `ps`.
        let script: Vec<_> = KEEPER.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
        let mut command = shell(&script.join("\n"));
        command.arg(&install.bin).arg(&place.root).arg(LOCALE).arg(durability.settings());
        command.arg(durability.signal()).arg(if place.kept { "no" } else { "yes" }).arg(word);
        for (name, value) in [
            ("listen_addresses", ""),
            ("port", "5432"),
            ("unix_socket_permissions", "0700"),
            ("logging_collector", "off"),
            ("log_destination", "stderr"),
        ] {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.arg("-c").arg(format!("unix_socket_directories={}", place.socket.display()));
        place.run_as.apply(&mut command);
        // Its own group: what ends this process's group, as Ctrl-C does, leaves it alive to clean up.
        command.process_group(0).current_dir("/");
        command.stdin(File::open(&users).map_err(Error::files("open", &users))?);
        command.stdout(lock.try_clone().map_err(Error::files("share", place.root.join("lock")))?);
        let alive = open(place, "keeper")?;
        alive.lock_shared().map_err(Error::files("lock", place.root.join("keeper")))?;
        command.stderr(alive);
        command.spawn().map_err(Error::files("run", "/bin/sh"))
    }

    /// Leaves, and waits until the server is gone if nobody else uses it: then true.
    pub(crate) fn leave(self, timeout: Duration) -> Result<bool, Error> {
        let Self { place, users, count } = self;
        let deadline = Instant::now() + timeout;
        let lock = open(&place, "lock")?;
        lock.lock().map_err(Error::files("lock", place.root.join("lock")))?;
        drop(users);
        drop(count);
        if place.kept {
            // Who holds the lock cannot be overtaken by a user who comes.
            if open(&place, "users.count")?.try_lock().is_err() {
                return Ok(false);
            }
        }
        let keeper = open(&place, "keeper")?;
        while place.data().join("postmaster.pid").exists()
            || keeper.try_lock().is_err()
            || (!place.kept && place.root.exists())
        {
            if Instant::now() > deadline {
                return Err(place.timed_out("the server to stop", timeout, 0));
            }
            sleep(Duration::from_millis(5));
        }
        Ok(true)
    }
}

/// Bytes in order, letters by Unicode: the same on every machine.
const LOCALE: &str =
    if cfg!(target_os = "macos") { "--locale=C --lc-ctype=en_US.UTF-8" } else { "--locale=C.UTF-8" };

impl Place {
    /// The process that serves this place: it says it is ready, and it can be connected to.
    ///
    /// The process's mere existence says nothing, since a dead one not yet buried exists too.
    pub(crate) fn live(&self) -> Option<u32> {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        let process = lines.next()?.trim().parse().ok()?;
        let ready = lines.nth(6)?.trim() == "ready";
        (ready && UnixStream::connect(self.socket_file()).is_ok()).then_some(process)
    }

    /// Removes what earlier starts left, and sets a large log aside.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.root).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if name.to_str().is_some_and(|name| name.starts_with("answer-") || name.starts_with("ended-")) {
                let _ = fs::remove_file(entry.path());
            }
        }
        if self.log_length() > LOG_BYTES {
            let _ = fs::rename(self.log(), self.root.join("server.log.old"));
        }
    }

    fn stop_by_force(&self) {
        let Some(bin) = running_programs(&self.data()) else { return };
        let mut command = shell("exec \"$1/pg_ctl\" stop -D \"$2\" -m fast -w -t 30");
        self.run_as.apply(&mut command);
        command.arg(bin).arg(self.data()).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        let _ = command.status();
    }

    fn log_length(&self) -> u64 {
        fs::metadata(self.log()).map_or(0, |metadata| metadata.len())
    }

    /// The last lines of the log, of those written after a position.
    fn log_tail(&self, from: u64) -> Vec<String> {
        let mut text = Vec::new();
        if let Ok(mut file) = File::open(self.log()) {
            let end = file.metadata().map_or(0, |metadata| metadata.len());
            let _ = file.seek(SeekFrom::Start(from.max(end.saturating_sub(64 << 10))));
            let _ = file.read_to_end(&mut text);
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(12)..].iter().map(|line| (*line).to_owned()).collect()
    }

    fn timed_out(&self, waiting_for: &'static str, waited: Duration, from: u64) -> Error {
        Error::TimedOut { waiting_for, seconds: waited.as_secs(), log: self.log_tail(from) }
    }
}

/// The folder of the programs a server was started from, as it noted it.
pub(crate) fn running_programs(data: &Path) -> Option<std::path::PathBuf> {
    let text = fs::read_to_string(data.join("postmaster.opts")).ok()?;
    let program = text.split(" \"").next()?;
    Path::new(program.trim()).parent().map(Path::to_owned)
}
