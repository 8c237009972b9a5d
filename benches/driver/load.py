"""Under load: wrk on the same machine, the contestants in turn, round by round."""

import re
import resource
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .processes import Failed, cpu_seconds, family_cpu_seconds, machine_busy_seconds, outlived_by_us

SCRIPT = Path(__file__).resolve().parent / "request.lua"
CONNECTIONS = 64
THREADS = 2


@dataclass(frozen=True)
class Reading:
    """One contestant, one endpoint, one round. CPU in microseconds a request."""

    rate: float
    server_cpu: float
    postgres_cpu: float
    # Of the CPU time that was used, the part that neither wrk, the server nor PostgreSQL used.
    others: float


def wrk():
    found = shutil.which("wrk")
    if found is None:
        raise Failed("wrk is not installed (Debian: apt-get install wrk)")
    return found


def measure(servers, endpoints, postgres, seconds, rounds):
    """{endpoint: {contestant: [Reading a round]}}; within a round all contestants are next to each other."""
    readings = {endpoint: {server.name: [] for server in servers} for endpoint in endpoints}
    for asked in endpoints.values():
        for server in servers:
            load(server, asked, 1)
    for round_number in range(rounds):
        for endpoint, asked in endpoints.items():
            for server in servers:
                reading = read(server, asked, postgres, seconds)
                readings[endpoint][server.name].append(reading)
                print(
                    f"round {round_number + 1}/{rounds} {endpoint:<10} {server.name:<12} {reading.rate:>9.0f}/s  "
                    f"CPU {reading.server_cpu:6.2f} us, PostgreSQL {reading.postgres_cpu:6.2f} us, "
                    f"others {reading.others:4.0%}",
                    flush=True,
                )
    return readings


def read(server, endpoint, postgres, seconds):
    before = clocks(server, postgres)
    requests, took = load(server, endpoint, seconds)
    machine, of_wrk, of_server, of_postgres = (now - then for now, then in zip(clocks(server, postgres), before))
    others = max(0.0, machine - of_wrk - of_server - of_postgres) / max(machine, 1e-9)
    return Reading(requests / took, of_server / requests * 1e6, of_postgres / requests * 1e6, others)


def clocks(server, postgres):
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (
        machine_busy_seconds(),
        children.ru_utime + children.ru_stime,
        cpu_seconds(server.process.pid),
        family_cpu_seconds(postgres.process.pid) if postgres else 0.0,
    )


def load(server, endpoint, seconds):
    """Requests answered and the seconds that took."""
    url = server.url(endpoint.path)
    command = [wrk(), f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s"]
    with tempfile.NamedTemporaryFile() as body:
        body.write(endpoint.body)
        body.flush()
        if endpoint.method == "GET" and endpoint.pipeline == 1:
            command += [url]
        else:
            script = [endpoint.method, endpoint.path, endpoint.kind, body.name, str(endpoint.pipeline)]
            command += ["-s", str(SCRIPT), url, "--", *script]
        done = subprocess.run(
            outlived_by_us("KILL", command), capture_output=True, text=True, timeout=seconds + 30
        )
    found = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)\b", done.stdout)
    wrong = re.search(r"(Non-2xx|Socket errors).*", done.stdout)
    if done.returncode or not found or wrong:
        raise Failed(f"{url} under load: {wrong.group(0) if wrong else done.stdout + done.stderr}")
    took = float(found.group(2)) * {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60}[found.group(3)]
    return int(found.group(1)), took
