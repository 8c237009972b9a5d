"""Runs one program, and sees who else used the processors meanwhile."""

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from driver.processes import Failed, family_cpu_seconds, machine_busy_seconds, outlived_by_us
from driver.server import BENCHES, target

from .cells import PACKAGES, POOLS, SEEDS, SEEDS_BY

RESET = BENCHES / "pool" / "reset.sql"
PSYCOPG = BENCHES / "pool" / "psycopg_seeds.py"
VENV = Path(f"/tmp/bench-pool-venv-{os.getuid()}")
WRITTEN = "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM items t"
# What a slow statement, whose program is gone, still does.
LEFT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'bench' AND pid <> pg_backend_pid()"


def build():
    """All of them, whoever is measured: cargo would build what they share again for another selection."""
    command = ["cargo", "build", "--release"]
    for package in PACKAGES:
        command += ["-p", package]
    if subprocess.run(command, cwd=BENCHES).returncode:
        raise Failed("a program does not compile")


def install_psycopg():
    """Its version; fetched from PyPI into a virtual environment in /tmp, which later runs find again."""
    python = VENV / "bin" / "python"
    version = [str(python), "-c", "import psycopg; psycopg.pq.__impl__ == 'binary' or exit(1); print(psycopg.__version__)"]
    if not python.exists() or subprocess.run(version, capture_output=True).returncode:
        print("installing psycopg[binary] from PyPI", flush=True)
        commands = [
            [sys.executable, "-m", "venv", "--clear", str(VENV)],
            [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "psycopg[binary]"],
        ]
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, timeout=300)
            if done.returncode:
                raise Failed(f"psycopg cannot be installed; `--only` can leave it out:\n{done.stderr or done.stdout}")
    done = subprocess.run(version, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"psycopg in {VENV} does not work: {done.stderr}")
    return done.stdout.strip()


def path(binary):
    return str(target() / "release" / binary)


def run(command, timeout=300):
    """What it writes."""
    done = subprocess.run(
        outlived_by_us("KILL", command), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout
    )
    if done.returncode:
        raise Failed(f"{' '.join(command)}:\n{done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


class Watched:
    """`with Watched(postgres) as seen:` has afterwards `postgres`, the CPU seconds of PostgreSQL, and `others`, the share
    of those that neither PostgreSQL nor our children used."""

    def __init__(self, postgres):
        self.pid = postgres.process.pid

    def __enter__(self):
        self.before = self.look()
        return self

    def __exit__(self, *_):
        machine, children, postgres = (now - before for now, before in zip(self.look(), self.before))
        self.postgres = postgres
        self.others = max(0.0, machine - children - postgres) / machine if machine else 0.0

    def look(self):
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return machine_busy_seconds(), used.ru_utime + used.ru_stime, family_cpu_seconds(self.pid)


def load(name, cell, postgres, seconds, slow):
    """{rate, cpu, p50, p99, max, postgres, others}: nanoseconds a request, CPU seconds for 100,000."""
    command = [path(POOLS[name]), "load", "--url", postgres.url, "--connections", str(cell.connections)]
    command += ["--tasks", str(cell.tasks), "--seconds", str(seconds)] + ["--slow"] * slow
    with Watched(postgres) as seen:
        reading = json.loads(run(command))
    reading["postgres"] = seen.postgres / reading["all"] * 100_000
    reading["others"] = seen.others
    if slow:
        postgres.psql("-d", "bench", "-c", LEFT)
    return reading


def first(name, postgres):
    """Nanoseconds from the start of the process, and from that of the pool, to the first answer."""
    command = outlived_by_us("KILL", [path(POOLS[name]), "first", "--url", postgres.url])
    begun = time.perf_counter_ns()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as process:
        line = process.stdout.readline()
        took = time.perf_counter_ns() - begun
    if process.returncode or not line:
        raise Failed(f"{name} gives no first answer")
    return json.loads(line) | {"process": took}


def seeds(name, workload, postgres, *arguments):
    if SEEDS[workload].writes:
        postgres.psql("-d", "bench", "-f", str(RESET))
    program = [str(VENV / "bin" / "python"), str(PSYCOPG)] if name == "psycopg" else [path(SEEDS_BY[name])]
    return run([*program, workload, "--url", postgres.url, *arguments])


def seeds_reading(name, workload, postgres, seconds):
    """{ops, wall, cpu, p50, p99, others}, nanoseconds an operation."""
    with Watched(postgres) as seen:
        reading = json.loads(seeds(name, workload, postgres, "--seconds", str(seconds)))
    return reading | {"others": seen.others}


def check(pools, seeds_by, postgres):
    """Raises unless all give the same answers, and leave the same rows."""
    found = {name: run([path(POOLS[name]), "check", "--url", postgres.url]) for name in pools}
    same("check", found)
    for workload in SEEDS:
        found = {}
        for name in seeds_by:
            lines = seeds(name, workload, postgres, "--check").splitlines()
            found[name] = [json.loads(line) for line in lines]
            if SEEDS[workload].writes:
                found[name].append(postgres.psql("-d", "bench", "-At", "-c", WRITTEN))
        same(workload, found)


def same(what, found):
    for name, answers in found.items():
        first_name, expected = next(iter(found.items()))
        if not answers or answers != expected:
            raise Failed(
                f"{what}: {first_name} and {name} answer differently:\n{str(expected)[:1500]}\n{str(answers)[:1500]}"
            )
