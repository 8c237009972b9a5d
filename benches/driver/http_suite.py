"""Who is measured without a database, and on what."""

import json

from .answers import expect
from .suite import Contestant, Endpoint, Suite

FORM = b"name=Ana+Mar%C3%ADa+L%C3%B3pez&email=ana%40example.com&age=42&newsletter=true"

ENDPOINTS = {
    "plaintext": Endpoint("/plaintext", 2000),
    "pipelined": Endpoint("/plaintext", 8000, pipeline=16),
    "json": Endpoint("/json", 2000),
    "param": Endpoint("/many/things40/1234567", 2000),
    "form": Endpoint("/form", 2000, "POST", "application/x-www-form-urlencoded", FORM),
    "body": Endpoint("/body", 1000, "POST", "application/octet-stream", bytes(range(256)) * 256),
}

USUAL_ENV = {"PORT": "{port}", "WORKERS": "{workers}"}
OUR_ENV = {
    "PORT": "{port}",
    "THREAD_POOL_SIZE": "{workers}",
    "SECRET_KEY": "a key of thirty-two characters or more",
}

CONTESTANTS = [
    Contestant("hand", "bench-http-hand", "bench-http-hand", env=USUAL_ENV),
    Contestant("guarded", "bench-http-hand", "bench-http-hand", env=USUAL_ENV | {"GUARDED": "1"}),
    Contestant("axum", "bench-http-axum", "bench-http-axum", env=USUAL_ENV),
    Contestant("actix", "bench-http-actix", "bench-http-actix", env=USUAL_ENV),
    Contestant("xitca", "bench-http-xitca", "bench-http-xitca", env=USUAL_ENV),
    Contestant("hyperdjango", "bench-http-ours", "bench-http-ours", env=OUR_ENV),
    Contestant("with stack", "bench-http-ours", "bench-http-ours", env=OUR_ENV | {"STACK": "1"}),
]

PLAIN, JSON = "text/plain", "application/json"
ANSWERS = {
    "plaintext": (PLAIN, b"Hello, World!"),
    "pipelined": (PLAIN, b"Hello, World!"),
    "json": (JSON, b'{"message":"Hello, World!"}'),
    "param": (PLAIN, b"1234567"),
    "body": (PLAIN, b"65536"),
    "form": (
        JSON,
        json.dumps(
            {"name": "Ana María López", "email": "ana@example.com", "age": 42, "newsletter": True},
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode(),
    ),
}


def check(servers, endpoints):
    """Status, type and bytes; and that a word for the number of a page and an unknown path are 404."""
    for server in servers:
        for endpoint in endpoints:
            where = f"{server.name} {endpoint}"
            status, kind, body = server.ask(ENDPOINTS[endpoint])
            expect(status == 200, where, f"status {status}")
            # xitca-web gives text no type; the bytes decide.
            expect((kind or PLAIN, body) == ANSWERS[endpoint], where, f"{kind!r} {body!r}")
        expect(server.get("/many/things65")[0] == 404, server.name, "an unknown path")
        expect(server.get("/many/things1/x")[0] in (400, 404), server.name, "a word for a number")


SUITE = Suite("benches/http/run", CONTESTANTS, ENDPOINTS, check, database=False, suffix="-http")
