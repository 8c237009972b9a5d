"""Who is measured, and on what. To add one: an entry here and a package in `../Cargo.toml`."""

from . import answers
from .suite import Contestant, Endpoint, Suite

# In the order of the tables.
ENDPOINTS = {
    "plaintext": Endpoint("/plaintext", 2000),
    "json": Endpoint("/json", 2000),
    "db": Endpoint("/db", 2000),
    "rows": Endpoint("/rows", 500),
    "posts50": Endpoint("/posts50", 500),
    "fortunes": Endpoint("/fortunes", 1000),
}

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

SUITE = Suite("benches/run", CONTESTANTS, ENDPOINTS, answers.check, database=True)
