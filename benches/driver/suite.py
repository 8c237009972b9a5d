"""What is measured: a set of endpoints, and who answers them."""

from dataclasses import dataclass, field

# All ratios are to this contestant.
YARDSTICK = "hand"


@dataclass(frozen=True)
class Endpoint:
    """A request. `instructions`: how many of them callgrind sees. `pipeline`: how many are sent at once."""

    path: str
    instructions: int
    method: str = "GET"
    kind: str = ""
    body: bytes = b""
    pipeline: int = 1

    def request(self):
        """The bytes that are sent, once for each of `pipeline`."""
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        if self.method == "POST":
            head += f"Content-Type: {self.kind}\r\nContent-Length: {len(self.body)}\r\n"
        return (head + "\r\n").encode() + self.body


@dataclass(frozen=True)
class Contestant:
    """A server. In `args` and the values of `env` these are replaced: {port}, {workers} and
    {database_url} (postgres://user@%2Fsocket%2Fdirectory/bench)."""

    name: str
    package: str
    binary: str
    args: tuple = ()
    env: dict = field(default_factory=dict)
    usual: bool = True


@dataclass(frozen=True)
class Suite:
    """`check(servers, endpoints)` raises on the first answer that is not as it should be."""

    program: str
    contestants: list
    endpoints: dict
    check: object
    # Whether the contestants need the seeded PostgreSQL.
    database: bool
    # What the files of its results are called after the date.
    suffix: str = ""
