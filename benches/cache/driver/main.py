"""The command line, and the order of the steps."""

import argparse
import json
import os
import subprocess
import sys

from driver.postgres import Postgres
from driver.processes import Failed, machine_busy_seconds, outlived_by_us
from driver.program import as_program
from driver.server import BENCHES, target

from . import hypernews, instructions, report
from .redis import Redis

PARTS = {
    "hit": "what is there, by one thread: ns and allocations",
    "instructions": "the same in instructions, by callgrind",
    "rates": "how much is there, by exponent and room",
    "zipf": "memory by 1 to 16 threads",
    "remote": "Redis, and memory before it, by 1 to 16 tasks",
    "queries": "the query cache, by 1 to 16 tasks",
    "hypernews": "the front page of examples/hypernews under load",
}


def main():
    return as_program("benches/cache/run", parse, run)


def parse():
    parser = argparse.ArgumentParser(prog="benches/cache/run", description="Measures caches side by side.")
    parts = "; ".join(f"{name}: {what}" for name, what in PARTS.items())
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"by default all. {parts}")
    parser.add_argument("--rounds", type=int, default=5, help="each has every contestant in turn (default 5)")
    parser.add_argument("--seconds", type=int, default=5, help="of a reading of hypernews (default 5)")
    parser.add_argument("--threads", default="1,2,4,8,16", help="by comma (default 1,2,4,8,16)")
    parser.add_argument("--quick", action="store_true", help="2 rounds, fewer operations, 1 and 4 threads")
    parser.add_argument("--no-save", action="store_true", help="do not write ../results/<date>-cache.md")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"nothing is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    options.parts = [name for name in PARTS if name in options.parts] or list(PARTS)
    if options.quick:
        options.rounds, options.seconds, options.threads = 2, 2, "1,4"
    return options


def run(options):
    load_before = os.getloadavg()[0]
    if options.parts != ["hypernews"]:
        build()
    tables = []
    for part in options.parts:
        print(f"{part}: {PARTS[part]}", flush=True)
        busy = Busy()
        tables += STEPS[part](options)
        tables.append(busy.share())
    with_postgres = {"queries", "hypernews"} & set(options.parts)
    text = report.header(sys.argv[1:], load_before, bool(with_postgres)) + "\n\n" + "\n\n".join(tables)
    print(f"\n{text}")
    if not options.no_save:
        print(f"\nwritten to {report.save(text)}")


def build():
    command = ["cargo", "build", "--release", "-p", "bench-cache", "--bins"]
    if subprocess.run(command, cwd=BENCHES).returncode:
        raise Failed("bench-cache does not compile")


def readings(program, options, *arguments, seconds=3600):
    """The lines a program prints. How much others used of the processors is not known of it: the part says that."""
    operations = {"hit": 1_000_000, "zipf": 1_000_000, "remote": 40_000, "queries": 20_000}.get(arguments[0], 1_000_000)
    command = [str(target() / "release" / program), *arguments, "--rounds", str(options.rounds)]
    command += ["--operations", str(operations // 4 if options.quick else operations)]
    done = subprocess.run(outlived_by_us("KILL", command), stdout=subprocess.PIPE, text=True, timeout=seconds)
    if done.returncode:
        raise Failed(f"{' '.join(command)} failed")
    return [json.loads(line) for line in done.stdout.splitlines()]


def hit(options):
    times = readings("bench-cache", options, "hit")
    return [report.hit(times, readings("bench-cache-allocations", options, "hit"))]


def counted(options):
    return [report.instructions(instructions.measure())]


def rates(options):
    return [report.rates(readings("bench-cache", options, "rates"))]


def zipf(options):
    return report.threads(readings("bench-cache", options, "zipf", "--threads", options.threads), "quick_cache")


def remote(options):
    with Redis() as redis:
        of = ("remote", "--threads", options.threads, "--redis", redis.url)
        found = report.threads(readings("bench-cache", options, *of), "redis, 1 connection")
        once = ("remote", "--threads", "16", "--redis", redis.url)
        return found + [report.allocations(readings("bench-cache-allocations", options, *once))]


def queries(options):
    with Postgres(BENCHES / "cache" / "schema.sql") as postgres:
        of = ("queries", "--threads", options.threads, "--database", postgres.url)
        found = report.threads(readings("bench-cache", options, *of), "a row, not cached")
        once = ("queries", "--threads", "16", "--database", postgres.url)
        return found + [report.allocations(readings("bench-cache-allocations", options, *once))]


def pages(options):
    return hypernews.measure(options.seconds, options.rounds)


STEPS = {
    "hit": hit,
    "instructions": counted,
    "rates": rates,
    "zipf": zipf,
    "remote": remote,
    "queries": queries,
    "hypernews": pages,
}


class Busy:
    """How busy the processors were in all, and how much of that was this program's and its children's."""

    def __init__(self):
        self.before = self.now()

    def now(self):
        times = os.times()
        return machine_busy_seconds(), sum(times[:4])

    def share(self):
        machine, own = (now - then for now, then in zip(self.now(), self.before))
        others = max(0.0, machine - own) / max(machine, 1e-9)
        text = f"Other programs had {others:.0%} of the processor time that was used; load average {os.getloadavg()[0]:.1f}."
        if others > report.QUIET:
            text += " **Provisional**: compare CPU, instructions and allocations, not times."
        return text
