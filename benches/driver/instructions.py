"""Instructions a request, which no other program on the machine changes.

The server runs twice under callgrind on one worker, with a warm-up and then n and 5n requests, one after the other
on one connection; the difference is what 4n requests cost in user space. Start and warm-up cancel out."""

import os
import re
import shutil
import socket
import tempfile

from .contestants import ENDPOINTS
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
    for endpoint in endpoints:
        most = ENDPOINTS[endpoint]["instructions"]
        counts[endpoint] = {}
        for contestant in contestants:
            out = folder / f"{contestant.name}-{endpoint}.out"
            few = total(contestant, endpoint, postgres, most // 5, out)
            many = total(contestant, endpoint, postgres, most, out)
            counts[endpoint][contestant.name] = (many - few) / (most - most // 5)
            print(f"{endpoint:<10} {contestant.name:<12} {counts[endpoint][contestant.name]:>10,.0f}", flush=True)
    print(f"function by function: callgrind_annotate {folder}/CONTESTANT-ENDPOINT.out")
    return counts


def total(contestant, endpoint, postgres, requests, out):
    """Instructions of the process from start to end."""
    wrapper = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
    with tempfile.TemporaryFile("w+") as stderr:
        with Server(contestant, postgres.url, 1, wrapper, stderr, patience=90) as server:
            path = ENDPOINTS[endpoint]["path"]
            ask(server.port, path, WARM_UP + requests)
        stderr.seek(0)
        text = stderr.read()
    found = re.search(r"Collected : (\d+)", text)
    if not found:
        raise Failed(f"callgrind says nothing of {contestant.name}:\n{text[-2000:]}")
    return int(found.group(1))


def ask(port, path, times):
    """The same request again and again, each when the answer before it is there."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(times):
            connection.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += receive(connection)
            head, _, body = answer.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
            if not head.startswith(b"HTTP/1.1 200") or not length:
                raise Failed(f"{path}: not a 200 with a length: {head!r}")
            missing = int(length.group(1)) - len(body)
            while missing > 0:
                missing -= len(receive(connection))


def receive(connection):
    data = connection.recv(1 << 16)
    if not data:
        raise Failed("the server closed the connection in the middle")
    return data
