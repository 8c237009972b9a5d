"""Contestants, built and running."""

import http.client
import os
import socket
import subprocess
from pathlib import Path

from .processes import Failed, outlived_by_us, stop, wait_until
from .suite import Endpoint

BENCHES = Path(__file__).resolve().parent.parent


def build(contestants):
    """Builds them in release."""
    command = ["cargo", "build", "--release"]
    for contestant in contestants:
        command += ["-p", contestant.package]
    if subprocess.run(command, cwd=BENCHES).returncode:
        raise Failed("a contestant does not compile")


def target():
    """Where cargo puts what it builds."""
    return BENCHES / os.environ.get("CARGO_TARGET_DIR", "target")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`with Server(contestant, database_url, workers) as server:` has it answering on loopback.

    `wrapper` goes before its command line: valgrind and its options."""

    def __init__(self, contestant, database_url, workers, wrapper=(), stderr=None, patience=20):
        self.name = contestant.name
        self.contestant = contestant
        self.values = {"database_url": database_url, "workers": workers}
        self.wrapper = list(wrapper)
        self.stderr = stderr
        self.patience = patience

    def __enter__(self):
        self.port = free_port()
        values = self.values | {"port": self.port}
        env = {name: value.format(**values) for name, value in self.contestant.env.items()}
        binary = str(target() / "release" / self.contestant.binary)
        command = self.wrapper + [binary] + [argument.format(**values) for argument in self.contestant.args]
        self.process = subprocess.Popen(
            outlived_by_us("KILL", command),
            env=os.environ | env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self.stderr,
        )
        try:
            wait_until(self.answers, f"{self.name} does not answer", self.process, self.patience)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        stop(self.process)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def get(self, path):
        """Status, type without parameters, body."""
        return self.ask(Endpoint(path, 0))

    def ask(self, endpoint):
        """The same for any endpoint, asked once."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        try:
            headers = {"Content-Type": endpoint.kind} if endpoint.kind else {}
            connection.request(endpoint.method, endpoint.path, endpoint.body or None, headers)
            response = connection.getresponse()
            kind = (response.getheader("content-type") or "").partition(";")[0].strip()
            return response.status, kind, response.read()
        finally:
            connection.close()

    def answers(self):
        try:
            return self.get("/plaintext")[0] == 200
        except (OSError, http.client.HTTPException):
            return False
