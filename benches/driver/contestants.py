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

CONTESTANTS = [
    Contestant("hand", "bench-hand", "bench-hand", env=USUAL_ENV),
    Contestant("axum", "bench-axum", "bench-axum", env=USUAL_ENV),
    Contestant(
        "hyperdjango",
        "bench-hyperdjango",
        "bench-hyperdjango",
        env={
            "PORT": "{port}",
            "THREAD_POOL_SIZE": "{workers}",
            "DATABASE_URL": "{database_url}",
            "SECRET_KEY": "a key of thirty-two characters or more",
        },
    ),
]

SUITE = Suite("benches/run", CONTESTANTS, ENDPOINTS, answers.check, database=True)
