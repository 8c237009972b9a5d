"""`pgbench -S -M prepared`: what PostgreSQL gives to a client in C that does nothing else."""

import os
import re
import resource
import tempfile
from pathlib import Path

from driver.processes import Failed

from .programs import Watched, run

# The share of its statements that it writes into its log, for the percentiles.
LOGGED = 0.2


def binary(postgres):
    found = postgres.bin / "pgbench"
    if not found.exists():
        raise Failed(f"there is no {found}; `--only` can leave pgbench out")
    return str(found)


def measure(clients, postgres, seconds):
    """As a pool's reading. pgbench counts whole seconds."""
    with tempfile.TemporaryDirectory(prefix="bench-pgbench-") as folder:
        log = Path(folder) / "log"
        command = [binary(postgres), "-n", "-S", "-M", "prepared", "-c", str(clients)]
        command += ["-j", str(min(os.cpu_count(), clients)), "-T", str(max(1, round(seconds)))]
        command += ["-l", "--log-prefix", str(log), "--sampling-rate", str(LOGGED)]
        command += ["-h", str(postgres.folder), "-U", "bench", "bench"]
        before = used()
        with Watched(postgres) as seen:
            said = run(command)
        cpu = used() - before
        latencies = sorted(
            int(line.split()[2]) * 1000 for part in Path(folder).iterdir() for line in part.read_text().splitlines()
        )
    rate = re.search(r"^tps = ([\d.]+)", said, re.M)
    count = re.search(r"transactions actually processed: (\d+)", said)
    if not (rate and count and latencies):
        raise Failed(f"pgbench says no figures:\n{said}")
    count = int(count.group(1))
    return {
        "rate": float(rate.group(1)),
        "cpu": cpu / count * 100_000,
        "postgres": seen.postgres / count * 100_000,
        "p50": latencies[len(latencies) // 2],
        "p99": latencies[len(latencies) * 99 // 100],
        "max": latencies[-1],
        "others": seen.others,
    }


def used():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
