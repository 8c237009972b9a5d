"""The command line, and the order of the steps."""

import argparse
import os
import sys
from contextlib import ExitStack, nullcontext

from . import instructions, load, report
from .postgres import Postgres
from .program import as_program
from .server import Server, build


def main(suite):
    return as_program(suite.program, lambda: parse(suite), lambda options: run(suite, options))


def parse(suite):
    names = [contestant.name for contestant in suite.contestants]
    parser = argparse.ArgumentParser(prog=suite.program, description="Measures the contestants side by side.")
    parser.add_argument("--seconds", type=int, default=5, help="of load a reading, 1 to 120 (default 5)")
    parser.add_argument("--rounds", type=int, default=5, help="each has every contestant in turn, 1 to 50 (default 5)")
    parser.add_argument(
        "--only",
        default="",
        metavar="NAMES",
        help=f"contestants ({', '.join(names)}) and endpoints ({', '.join(suite.endpoints)}), by comma",
    )
    parser.add_argument("--instructions", action="store_true", help="count instructions with callgrind instead")
    parser.add_argument("--check", action="store_true", help="only compare the answers")
    parser.add_argument("--no-save", action="store_true", help="do not write results/<date>.md")
    options = parser.parse_args()
    if not 1 <= options.seconds <= 120 or not 1 <= options.rounds <= 50:
        parser.error("--seconds is 1 to 120, --rounds 1 to 50")
    only = set(filter(None, options.only.split(",")))
    unknown = only - set(names) - set(suite.endpoints)
    if unknown:
        parser.error(f"--only: no contestant and no endpoint is called {', '.join(sorted(unknown))}")
    options.contestants = [c for c in suite.contestants if c.name in only] or [c for c in suite.contestants if c.usual]
    options.endpoints = {name: e for name, e in suite.endpoints.items() if name in only} or suite.endpoints
    return options


def run(suite, options):
    if not (options.instructions or options.check):
        load.wrk()
    build(options.contestants)
    load_before = os.getloadavg()[0]
    if options.instructions:
        instructions.share_one_processor()
    with Postgres() if suite.database else nullcontext() as postgres:
        with ExitStack() as stack:
            workers = os.cpu_count()
            servers = [stack.enter_context(Server(c, postgres.url if postgres else "", workers)) for c in options.contestants]
            suite.check(servers, options.endpoints)
            print(f"the same answers from {', '.join(server.name for server in servers)}")
            if options.check:
                return
            if not options.instructions:
                readings = load.measure(servers, options.endpoints, postgres, options.seconds, options.rounds)
                tables, suffix = report.load_tables(readings), ""
        if options.instructions:
            counts = instructions.measure(options.contestants, options.endpoints, postgres)
            tables, suffix = report.instruction_table(counts), "-instructions"
        text = report.header(sys.argv[1:], postgres, load_before, suite.program) + "\n\n" + tables
    print(f"\n{text}")
    if not options.no_save:
        print(f"\nwritten to {report.save(text, suite.suffix + suffix)}")
