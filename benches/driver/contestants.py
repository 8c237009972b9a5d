"""Who is measured, and on what. To add one: an entry here and a package in `../Cargo.toml`."""

from dataclasses import dataclass, field

# All ratios are to this one.
YARDSTICK = "hand"

# Paths, in the order of the tables. `instructions`: how many requests callgrind sees.
ENDPOINTS = {
    "plaintext": {"path": "/plaintext", "instructions": 2000},
    "json": {"path": "/json", "instructions": 2000},
    "db": {"path": "/db", "instructions": 2000},
    "rows": {"path": "/rows", "instructions": 500},
    "posts50": {"path": "/posts50", "instructions": 500},
    "fortunes": {"path": "/fortunes", "instructions": 1000},
}


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


USUAL_ENV = {"PORT": "{port}", "WORKERS": "{workers}", "DATABASE_URL": "{database_url}"}

OUR_ENV = {
    "PORT": "{port}",
    "THREAD_POOL_SIZE": "{workers}",
    "DATABASE_URL": "{database_url}",
    "SECRET_KEY": "a key of thirty-two characters or more",
}

CONTESTANTS = [
    Contestant("hand", "bench-hand", "bench-hand", env=USUAL_ENV),
    Contestant("axum", "bench-axum", "bench-axum", env=USUAL_ENV),
    Contestant("hyperdjango", "bench-hyperdjango", "bench-hyperdjango", env=OUR_ENV),
    # Not among those of a run that names nobody.
    Contestant(
        "per_core",
        "bench-hyperdjango",
        "bench-hyperdjango",
        env=OUR_ENV | {"HTTP_SERVER_MODEL": "per_core"},
        usual=False,
    ),
    Contestant("stack", "bench-hyperdjango", "bench-stack", env=OUR_ENV),
]
