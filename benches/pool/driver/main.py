"""The command line, and the order of the steps."""

import argparse
import os
import sys

from driver.postgres import Postgres
from driver.program import as_program
from driver.server import BENCHES

from . import pgbench, programs, report
from .cells import CONNECTIONS, PARTS, POOLS, SEEDS, SEEDS_BY, TASKS, Cell

# Beyond those of the largest pool: pgbench has as many as there are tasks.
MAX_CONNECTIONS = 300
# In a round: a first answer takes milliseconds.
FIRSTS = 5


def main():
    return as_program("benches/pool/run", parse, run)


def parse():
    parser = argparse.ArgumentParser(prog="benches/pool/run", description="Measures pools side by side.")
    parser.add_argument("--seconds", type=float, default=1, help="a reading, 0.1 to 8 (default 1)")
    parser.add_argument("--rounds", type=int, default=5, help="each has every program in turn (default 5)")
    parser.add_argument("--quick", action="store_true", help="2 rounds of 0.2 s")
    names = [*POOLS, "pgbench", *(name for name in SEEDS_BY if name not in POOLS)]
    tasks, connections = [f"t{n}" for n in TASKS], [f"c{n}" for n in CONNECTIONS]
    parser.add_argument(
        "--only",
        default="",
        metavar="NAMES",
        help=f"by comma: {', '.join(names)}; {', '.join(PARTS)}; {', '.join(tasks)} tasks; {', '.join(connections)} "
        f"connections; of seeds {', '.join(SEEDS)}",
    )
    parser.add_argument("--check", action="store_true", help="only compare the answers")
    parser.add_argument("--no-save", action="store_true", help="do not write ../results/<date>-pool.md")
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.rounds = 0.2, 2
    # The slow statement is to last longer.
    if not 0.1 <= options.seconds <= 8 or not 1 <= options.rounds <= 50:
        parser.error("--seconds is 0.1 to 8, --rounds 1 to 50")
    only = set(filter(None, options.only.lower().split(",")))
    unknown = only - {*names, *PARTS, *tasks, *connections, *SEEDS}
    if unknown:
        parser.error(f"--only: nothing is called {', '.join(sorted(unknown))}")

    def chosen(of):
        return [name for name in of if name in only] or list(of)

    options.names = chosen(names)
    options.parts = chosen(PARTS)
    options.workloads = chosen(SEEDS)
    options.cells = [Cell(int(t[1:]), int(c[1:])) for c in chosen(connections) for t in chosen(tasks)]
    return options


def run(options):
    load_before = os.getloadavg()[0]
    pools = [name for name in POOLS if name in options.names]
    seeds_by = [name for name in SEEDS_BY if name in options.names] if "seeds" in options.parts else []
    programs.build()
    psycopg = programs.install_psycopg() if "psycopg" in seeds_by else None
    with Postgres(BENCHES / "pool" / "schema.sql", max_connections=MAX_CONNECTIONS) as postgres:
        postgres.psql("-d", "bench", "-c", "VACUUM (ANALYZE, FREEZE)")
        programs.check(pools, seeds_by, postgres)
        print(f"the same answers from {', '.join(dict.fromkeys([*pools, *seeds_by]))}", flush=True)
        if options.check:
            return
        readings = report.Readings()
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds}", flush=True)
            one_round(options, turned(pools, number), turned(seeds_by, number), postgres, readings)
        text = report.header(sys.argv[1:], postgres, load_before, psycopg) + "\n\n" + report.tables(readings, options.cells)
    print(f"\n{text}")
    if not options.no_save:
        print(f"\nwritten to {report.save(text, '-pool')}")


def turned(names, number):
    """Whoever begins leaves the processors warm for the next one: it is not always the same."""
    first = number % max(1, len(names))
    return names[first:] + names[:first]


def one_round(options, pools, seeds_by, postgres, readings):
    seconds = options.seconds
    for part in ("load", "slow"):
        for cell in options.cells if part in options.parts else ():
            for name in pools:
                reading = programs.load(name, cell, postgres, seconds, part == "slow")
                readings.add(part, cell, name, reading)
            rates = "  ".join(f"{n} {readings.last(part, cell, n)['rate'] / 1000:.1f}k" for n in pools)
            print(f"  {part} {cell}: {rates} requests/s", flush=True)
    if "pgbench" in options.names and "load" in options.parts:
        for clients in sorted({n for cell in options.cells for n in (cell.clients, cell.tasks)}):
            readings.add("pgbench", clients, "pgbench", pgbench.measure(clients, postgres, seconds))
    if "first" in options.parts:
        for _ in range(FIRSTS):
            for name in pools:
                readings.add("first", "", name, programs.first(name, postgres))
    for workload in options.workloads if seeds_by else ():
        for name in seeds_by:
            readings.add("seeds", workload, name, programs.seeds_reading(name, workload, postgres, seconds))
