"""Instructions a request, which no other program on the machine changes.

The server runs twice under callgrind on one worker, with a warm-up and then n and 5n requests, one after the other
on one connection; the difference is what 4n requests cost in user space. Start and warm-up cancel out."""

import os
import re
import shutil
import socket
import tempfile

from .processes import Failed
from .server import Server, target

WARM_UP = 100


def share_one_processor():
    """Puts this process, and all it starts from here on, on one processor.

    Then PostgreSQL answers only once the server waits, always at the same point: the figures come back within 0.1 %,
    where two processors give 6 %."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def measure(contestants, endpoints, postgres):
    """{endpoint: {contestant: instructions a request}}; where each function's share went is kept in files."""
    if shutil.which("valgrind") is None:
        raise Failed("valgrind is not installed (Debian: apt-get install valgrind)")
    folder = target() / "callgrind"
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for endpoint, asked in endpoints.items():
        most = asked.instructions
        counts[endpoint] = {}
        for contestant in contestants:
            out = folder / f"{contestant.name.replace(' ', '-')}-{endpoint}.out"
            few = total(contestant, asked, postgres, most // 5, out)
            many = total(contestant, asked, postgres, most, out)
            counts[endpoint][contestant.name] = (many - few) / (most - most // 5)
            print(f"{endpoint:<10} {contestant.name:<12} {counts[endpoint][contestant.name]:>10,.0f}", flush=True)
    print(f"function by function: callgrind_annotate {folder}/CONTESTANT-ENDPOINT.out")
    return counts


def total(contestant, endpoint, postgres, requests, out):
    """Instructions of the process from start to end."""
    wrapper = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
    with tempfile.TemporaryFile("w+") as stderr:
        with Server(contestant, postgres.url if postgres else "", 1, wrapper, stderr, patience=90) as server:
            ask(server.port, endpoint, WARM_UP + requests)
        stderr.seek(0)
        text = stderr.read()
    found = re.search(r"Collected : (\d+)", text)
    if not found:
        raise Failed(f"callgrind says nothing of {contestant.name}:\n{text[-2000:]}")
    return int(found.group(1))


def ask(port, endpoint, times):
    """The same request again and again, each (or each `pipeline` of them) when the answers before it are there."""
    requests = endpoint.request() * endpoint.pipeline
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        left = b""
        for _ in range(times // endpoint.pipeline):
            connection.sendall(requests)
            for _ in range(endpoint.pipeline):
                left = answer(connection, endpoint, left)


def answer(connection, endpoint, data):
    """Reads one answer; returns what came behind it."""
    while b"\r\n\r\n" not in data:
        data += receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    if not head.startswith(b"HTTP/1.1 200") or not length:
        raise Failed(f"{endpoint.path}: not a 200 with a length: {head!r}")
    length = int(length.group(1))
    while len(body) < length:
        body += receive(connection)
    return body[length:]


def receive(connection):
    data = connection.recv(1 << 16)
    if not data:
        raise Failed("the server closed the connection in the middle")
    return data
