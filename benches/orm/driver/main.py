"""The command line, and the order of the steps."""

import argparse
import os
import sys

from driver.instructions import share_one_processor
from driver.postgres import Postgres
from driver.processes import Failed
from driver.program import as_program
from driver.server import BENCHES

from . import builds, contestant, copying, report
from .workloads import CONTESTANTS, WORKLOADS


def main():
    return as_program("benches/orm/run", parse, run)


def parse():
    parser = argparse.ArgumentParser(prog="benches/orm/run", description="Measures ORMs side by side.")
    parser.add_argument("--seconds", type=float, default=1, help="a reading, 0.05 to 60 (default 1)")
    parser.add_argument("--rounds", type=int, default=5, help="each has every program in turn (default 5)")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.2 s; with --builds: only `cargo check`")
    parser.add_argument(
        "--only",
        default="",
        metavar="NAMES",
        help=f"by comma: {', '.join(CONTESTANTS)}; workloads (w2 is all of {', '.join(n for n in WORKLOADS if n.startswith('w2-'))})",
    )
    parser.add_argument("--instructions", action="store_true", help="count instructions and allocations instead")
    parser.add_argument("--builds", action="store_true", help="W19: how long 50 models with 6 queries each build")
    parser.add_argument("--copy", action="store_true", help="only COPY, beside psql's \\copy of the same rows")
    parser.add_argument("--check", action="store_true", help="only compare the answers")
    parser.add_argument("--no-save", action="store_true", help="do not write ../results/<date>-orm.md")
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.rounds = 0.2, 3
    if not 0.05 <= options.seconds <= 60 or not 1 <= options.rounds <= 50:
        parser.error("--seconds is 0.05 to 60, --rounds 1 to 50")
    only = set(filter(None, options.only.lower().split(",")))
    known = set(CONTESTANTS) | set(WORKLOADS) | {name.split("-")[0] for name in WORKLOADS}
    if only - known:
        parser.error(f"--only: nothing is called {', '.join(sorted(only - known))}")
    options.contestants = [name for name in CONTESTANTS if name in only] or list(CONTESTANTS)
    options.workloads = [n for n in WORKLOADS if n in only or n.split("-")[0] in only] or list(WORKLOADS)
    return options


def run(options):
    load_before = os.getloadavg()[0]
    if options.builds:
        table = builds.measure(options.contestants, options.quick)
        return finish(options, table, None, load_before, "-builds")
    contestant.build()
    if options.instructions:
        share_one_processor()
    with Postgres(BENCHES / "orm" / "schema.sql") as postgres:
        postgres.psql("-d", "bench", "-c", "VACUUM (ANALYZE, FREEZE)")
        if options.copy:
            return finish(options, copying.measure(postgres, options), postgres, load_before, "-copy")
        has = check(options, postgres)
        if options.check:
            return
        if options.instructions:
            counts = {}
            for workload in options.workloads:
                if not WORKLOADS[workload].iterations:
                    continue
                counts[workload] = {}
                for name in has[workload]:
                    counted = contestant.instructions(name, workload, postgres)
                    counts[workload][name] = counted
                    print(f"{workload:<13} {name:<12} {counted[0]:>14,.0f} {counted[1]:>10,.1f}", flush=True)
            finish(options, report.instruction_tables(counts), postgres, load_before, "-instructions")
        else:
            readings = measure(options, has, postgres)
            finish(options, report.load_tables(readings), postgres, load_before, "")


def check(options, postgres):
    """{workload: those that have it}. Raises unless all give the same answers and leave the same rows."""
    has = {}
    for workload in options.workloads:
        found = {name: contestant.answers(name, workload, postgres) for name in options.contestants}
        found = {name: answer for name, answer in found.items() if answer is not None}
        has[workload] = list(found)
        for name, answer in found.items():
            first = has[workload][0]
            if answer != found[first]:
                raise Failed(
                    f"{workload}: {first} and {name} answer differently:\n{str(found[first])[:1500]}\n{str(answer)[:1500]}"
                )
    print(f"the same answers from {', '.join(options.contestants)}", flush=True)
    return has


def measure(options, has, postgres):
    """{workload: {contestant: [reading a round]}}; within a round the programs are next to each other."""
    readings = {workload: {name: [] for name in has[workload]} for workload in options.workloads}
    for number in range(options.rounds):
        for workload in options.workloads:
            for name in has[workload]:
                reading = contestant.reading(name, workload, postgres, options.seconds)
                reading["load"] = os.getloadavg()[0]
                readings[workload][name].append(reading)
            line = "  ".join(f"{name} {readings[workload][name][-1]['cpu'] / 1000:.1f}" for name in has[workload])
            print(f"round {number + 1}/{options.rounds} {workload:<13} CPU us: {line}", flush=True)
    return readings


def finish(options, tables, postgres, load_before, suffix):
    text = report.header(sys.argv[1:], postgres, load_before) + "\n\n" + tables
    print("\n" + text)
    if not options.no_save:
        print(f"\nwritten: {report.save(text, '-orm' + suffix)}")
