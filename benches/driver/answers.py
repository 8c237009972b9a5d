"""Are they the same programs? Every contestant's answers, against what they should be and against each other's."""

import json

from .processes import Failed

TYPES = {"plaintext": "text/plain", "fortunes": "text/html"}
POST = ["id", "title", "url", "author_id", "score", "comments", "created", "body"]


def check(servers, endpoints):
    """Raises on the first answer that is not as it should be."""
    for endpoint in endpoints:
        bodies = {server.name: body_of(server, endpoint) for server in servers}
        if endpoint == "db":
            continue
        first = servers[0].name
        for name, body in bodies.items():
            if body != bodies[first]:
                raise Failed(f"/{endpoint}: {first} and {name} answer differently:\n{bodies[first]!r}\n{body!r}")


def body_of(server, endpoint):
    status, kind, body = server.get(f"/{endpoint}")
    where = f"{server.name} /{endpoint}"
    expect(status == 200, where, f"status {status}")
    expect(kind == TYPES.get(endpoint, "application/json"), where, f"type {kind!r}")
    if endpoint == "plaintext":
        expect(body == b"Hello, World!", where, repr(body))
    elif endpoint == "json":
        expect(body == b'{"message":"Hello, World!"}', where, repr(body))
    elif endpoint == "db":
        world = json.loads(body)
        expect(list(world) == ["id", "random_number"], where, repr(body))
        expect(1 <= world["id"] <= 10_000, where, repr(body))
        expect(world["random_number"] == 1 + (world["id"] * 7919 + 104729) % 10_000, where, repr(body))
        expect(len({server.get("/db")[2] for _ in range(5)}) > 1, where, "the same row five times")
    elif endpoint == "fortunes":
        text = body.decode()
        expect(text.count("<tr>") == 14, where, "not a head and 13 rows")
        expect("&lt;script&gt;" in text and "<script>" not in text, where, "does not escape")
        expect(text.index("A bad random") < text.index("Additional fortune") < text.index("フレーム"), where, "order")
    else:
        posts = json.loads(body)
        expect(len(posts) == {"rows": 20, "posts50": 50}[endpoint], where, f"{len(posts)} posts")
        expect(all(list(post) == POST for post in posts), where, f"columns {list(posts[0])}")
        expect([post["id"] for post in posts] == list(range(10_000, 10_000 - len(posts), -1)), where, "order")
    return body


def expect(holds, where, what):
    if not holds:
        raise Failed(f"{where} is not as it should be: {what}")
