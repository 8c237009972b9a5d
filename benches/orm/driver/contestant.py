"""Runs one program: for its answers, by the clock, or under callgrind."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

from driver.processes import Failed, outlived_by_us
from driver.server import BENCHES, target

from .workloads import CONTESTANTS, WORKLOADS

RESET = BENCHES / "orm" / "reset.sql"
WRITTEN = "SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM {table} t"
# mimalloc's entries as Rust calls them, for new memory and for more of it.
ALLOCATES = re.compile(r"\bmi_(malloc|zalloc|calloc|realloc)(_aligned)?$")


def build():
    """All of them, whoever is measured: cargo would build what they share again for another selection."""
    command = ["cargo", "build", "--release"]
    for package in CONTESTANTS.values():
        command += ["-p", package]
    if subprocess.run(command, cwd=BENCHES).returncode:
        raise Failed("a program does not compile")


def run(name, workload, postgres, *arguments, wrapper=(), stderr=subprocess.PIPE):
    """What the program writes."""
    if WORKLOADS[workload].writes:
        postgres.psql("-d", "bench", "-f", str(RESET))
    command = [*wrapper, str(target() / "release" / CONTESTANTS[name]), workload, "--url", postgres.url]
    command += ["--connections", str(WORKLOADS[workload].connections), *arguments]
    done = subprocess.run(
        outlived_by_us("KILL", command), stdout=subprocess.PIPE, stderr=stderr, text=True, timeout=300
    )
    if done.returncode:
        raise Failed(f"{name} {workload}: {done.stderr or done.stdout}")
    return done.stdout


def answers(name, workload, postgres):
    """Its first answers and what it left in the tables; None if it has not this workload."""
    lines = run(name, workload, postgres, "--check").splitlines()
    if lines == [f"no {workload}"]:
        return None
    found = [tidy(json.loads(line)) for line in lines]
    if WORKLOADS[workload].writes:
        for table in ("items", "log", "world"):
            found.append(postgres.psql("-d", "bench", "-At", "-c", WRITTEN.format(table=table)))
    return found


def tidy(value):
    """Instants are written by different libraries, with different numbers of digits."""
    if isinstance(value, list):
        return [tidy(member) for member in value]
    if isinstance(value, dict):
        return {name: tidy(member) for name, member in value.items()}
    if isinstance(value, str):
        found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d+)(Z|\+00:00)", value)
        return f"{found[1]}.{found[2].rstrip('0')}Z" if found else value
    return value


def reading(name, workload, postgres, seconds):
    """{ops, wall, cpu, p50, p99}, nanoseconds an operation."""
    return json.loads(run(name, workload, postgres, "--seconds", str(seconds)))


def instructions(name, workload, postgres):
    """Instructions and allocations an operation, in user space."""
    few = WORKLOADS[workload].iterations
    folder = target() / "callgrind"
    folder.mkdir(parents=True, exist_ok=True)
    totals = []
    for iterations in (few, 5 * few):
        out = folder / f"orm-{name}-{workload}.out"
        wrapper = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        with tempfile.TemporaryFile("w+") as stderr:
            run(name, workload, postgres, "--iterations", str(iterations), wrapper=wrapper, stderr=stderr)
            stderr.seek(0)
            found = re.search(r"Collected : (\d+)", stderr.read())
        if not found:
            raise Failed(f"callgrind says nothing of {name} {workload}")
        totals.append((int(found.group(1)), allocations(out)))
    return tuple((many - less) / (4 * few) for less, many in zip(*totals))


def allocations(out: Path):
    """How often the program called the allocator."""
    names, callee, calls = {}, "", 0
    with open(out) as file:
        for line in file:
            if line.startswith(("fn=", "cfn=")):
                number, _, name = line.partition("=")[2].strip().partition(" ")
                if name:
                    names[number] = name
                if line.startswith("cfn="):
                    callee = names.get(number, "")
            elif line.startswith("calls=") and ALLOCATES.search(callee):
                calls += int(line[6:].split()[0])
    return calls
