"""A private PostgreSQL, thrown away afterwards: unix socket only, nothing durable."""

import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

from .processes import Failed, outlived_by_us, stop, wait_until

SEED = Path(__file__).resolve().parent.parent / "db.sql"
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "timezone": "UTC",
}


def binaries():
    """Where initdb and postgres are. What PATH has may be a link or a wrapper, so its target counts."""
    candidates = []
    for name in ("initdb", "postgres"):
        found = shutil.which(name)
        if found:
            candidates.append(Path(found).resolve().parent)
    newest_first = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=version_of, reverse=True)
    for candidate in candidates + [Path(folder) for folder in newest_first]:
        if (candidate / "initdb").exists() and (candidate / "postgres").exists():
            return candidate
    raise Failed("no PostgreSQL server: put initdb and postgres on PATH, or install the package postgresql")


def version_of(folder):
    number = Path(folder).parent.name
    return float(number) if number.replace(".", "", 1).isdigit() else 0.0


def server_user():
    """PostgreSQL refuses root: then postgres, or nobody. None: who we are."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise Failed("PostgreSQL does not start as root, and there is neither a user postgres nor nobody")


class Postgres:
    """`with Postgres() as postgres:` has it running and seeded. `settings` are instead of some of `SETTINGS`."""

    def __init__(self, seed=SEED, **settings):
        self.seed = seed
        self.settings = SETTINGS | settings

    def __enter__(self):
        self.process = None
        self.bin = binaries()
        user = server_user()
        # Short, because a socket's path may have 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="bench-pg-", dir="/tmp"))
        try:
            if user:
                shutil.chown(self.folder, user)
            data = self.folder / "data"
            initdb = [self.bin / "initdb", "-D", data, "-U", "bench", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
            self.run(outlived_by_us("TERM", map(str, initdb), user))
            command = [self.bin / "postgres", "-D", data, "-k", self.folder]
            for name, value in self.settings.items():
                command += ["-c", f"{name}={value}"]
            with open(self.folder / "log", "w") as log:
                self.process = subprocess.Popen(
                    outlived_by_us("INT", map(str, command), user), stdout=log, stderr=log, cwd="/"
                )
            wait_until(lambda: self.psql("-c", "SELECT 1", check=False), "PostgreSQL did not start", self.process)
            self.psql("-c", "CREATE DATABASE bench")
            self.psql("-d", "bench", "-f", str(self.seed))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process:
            stop(self.process, signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self):
        return f"postgres://bench@{quote(str(self.folder), safe='')}/bench"

    @property
    def version(self):
        return self.run([str(self.bin / "postgres"), "--version"]).strip().removeprefix("postgres (PostgreSQL) ")

    def psql(self, *arguments, check=True):
        command = [str(self.bin / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", str(self.folder)]
        if "-d" not in arguments:
            command += ["-d", "postgres"]
        return self.run([*command, "-U", "bench", *arguments], check)

    def run(self, command, check=True):
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd="/")
        if check and done.returncode:
            raise Failed(f"{command}:\n{done.stderr.strip()}")
        return done.stdout if done.returncode == 0 else None
