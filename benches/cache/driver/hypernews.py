"""The front page of examples/hypernews under wrk: kept, made anew, and for somebody who is logged in."""

import http.client
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from driver.load import THREADS, CONNECTIONS, clocks, wrk
from driver.postgres import Postgres
from driver.processes import Failed, outlived_by_us, stop, wait_until
from driver.server import BENCHES, free_port

from . import report

ROOT = BENCHES.parent
# What it asks for, by a script of wrk.
SCRIPT = Path(__file__).resolve().parent / "front.lua"
# Nobody in the made-up community is called so, and nothing.
NAME = "wrk-visitor"
PASSWORD = "correct horse battery staple"
# Of all sites, so that a cookie is good at each.
SECRET = "nobody knows this but the whole world does"
NOTHING = BENCHES / "cache" / "nothing.sql"


class Site:
    """hypernews with its settings, answering on loopback."""

    def __init__(self, name, database, settings):
        self.name, self.database, self.settings = name, database, settings

    def __enter__(self):
        self.port = free_port()
        env = {"DATABASE_URL": self.database, "HOST": "127.0.0.1", "PORT": str(self.port), "SECRET_KEY": SECRET}
        self.process = subprocess.Popen(
            outlived_by_us("KILL", [str(ROOT / target() / "release" / "hypernews")]),
            env=os.environ | env | self.settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            # The first one fills the database.
            wait_until(self.answers, "hypernews does not answer", self.process, 300)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        stop(self.process)

    def answers(self):
        try:
            return self.ask("GET", "/")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()


def target():
    return os.environ.get("CARGO_TARGET_DIR", "target")


def sign_up(site):
    """The cookie of somebody new."""
    body = urlencode({"name": NAME, "password": PASSWORD})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{site.port}"}
    status, headers, answer = site.ask("POST", "/signup", body, **kind)
    cookie = next((value for name, value in headers.items() if name.lower() == "set-cookie"), None)
    if cookie is None:
        raise Failed(f"nobody can sign up at hypernews: {status} {answer[:500]}")
    return cookie.partition(";")[0]


def build():
    if subprocess.run(["cargo", "build", "--release", "-p", "hypernews"], cwd=ROOT).returncode:
        raise Failed("hypernews does not compile")


def measure(seconds, rounds):
    build()
    with Postgres(NOTHING) as postgres:
        with Site("without", postgres.url, {}) as without, Site("with", postgres.url, {"QUERY_CACHE": "true"}) as kept:
            postgres.psql("-d", "bench", "-c", "VACUUM (ANALYZE, FREEZE)")
            cookie = sign_up(without)
            cells = {
                "the front page, QUERY_CACHE=true: kept": (kept, "same", ""),
                "the same, each with a query string of its own: cold, and put in": (kept, "new", ""),
                "the same, logged in": (kept, "same", cookie),
                "the front page, without QUERY_CACHE": (without, "same", ""),
                "the same, logged in, without QUERY_CACHE": (without, "same", cookie),
            }
            check(kept, without, cookie)
            found = {name: [] for name in cells}
            for number in range(rounds + 1):
                for name, (site, mode, who) in cells.items():
                    reading = read(site, mode, who, postgres, 1 if number == 0 else seconds, number)
                    # The first is to warm up.
                    if number:
                        found[name].append(reading)
    return [table(found)]


def check(kept, without, cookie):
    """That what is measured is what it is called."""
    kept.ask("GET", "/")
    for site, headers, is_kept in [(kept, {}, True), (kept, {"Cookie": cookie}, False), (without, {}, False)]:
        status, answer, body = site.ask("GET", "/", **headers)
        if status != 200 or (answer.get("x-cache") == "HIT") != is_kept or (NAME.encode() in body) != bool(headers):
            raise Failed(f"hypernews with {site.settings} and {headers} answers {status} {answer}")


def read(site, mode, cookie, postgres, seconds, number):
    before = clocks(site, postgres)
    command = [wrk(), f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(SCRIPT)]
    command += [f"http://127.0.0.1:{site.port}/", "--", mode, cookie, str(number)]
    done = subprocess.run(outlived_by_us("KILL", command), capture_output=True, text=True, timeout=seconds + 60)
    lines = dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("bench-"))
    if done.returncode or lines.get("bench-errors") != "0":
        raise Failed(f"hypernews under load: {done.stdout}{done.stderr}")
    requests, took = int(lines["bench-requests"]), float(lines["bench-us"]) / 1e6
    machine, of_wrk, of_server, of_postgres = (now - then for now, then in zip(clocks(site, postgres), before))
    return {
        "rate": requests / took,
        "server": of_server / requests * 1e6,
        "postgres": of_postgres / requests * 1e6,
        "p50": float(lines["bench-p50"]),
        "p99": float(lines["bench-p99"]),
    }


def table(found):
    columns = {
        "requests/s": "rate",
        "server CPU, us": "server",
        "PostgreSQL CPU, us": "postgres",
        "p50, us": "p50",
        "p99, us": "p99",
    }
    lines = ["| | " + " | ".join(columns) + " |", "|---|" + "--:|" * len(columns)]
    for name, each in found.items():
        cells = []
        for key in columns.values():
            values = [reading[key] for reading in each]
            cells.append(f"{median(values):,.0f} ({min(values):,.0f}-{max(values):,.0f})")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return f"## hypernews, {CONNECTIONS} connections\n\n" + "\n".join(lines)
