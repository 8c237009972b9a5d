"""A private Redis on a unix socket, without a disk."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from driver.processes import Failed, outlived_by_us, stop, wait_until


class Redis:
    """`with Redis() as redis:` has it running, empty."""

    def __enter__(self):
        program = shutil.which("redis-server")
        if program is None:
            raise Failed("redis-server is not installed (Debian: apt-get install redis-server)")
        self.folder = Path(tempfile.mkdtemp(prefix="bench-redis-", dir="/tmp"))
        socket = self.folder / "socket"
        command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
        command += ["--dir", str(self.folder), "--logfile", str(self.folder / "log")]
        self.process = subprocess.Popen(outlived_by_us("KILL", command))
        try:
            wait_until(socket.exists, "Redis did not start", self.process)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        stop(self.process)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self):
        return f"unix://{self.folder}/socket"
