"""Tables, on the screen and in `../../results/`."""

import subprocess
from statistics import median

from driver import report as common
from driver.postgres import binaries

QUIET = common.QUIET
PACKAGES = ["quick_cache", "moka", "redis", "foldhash", "tokio", "tokio-postgres", "mimalloc"]


def header(arguments, load_before, with_postgres):
    """What was run, where, with what."""
    common.PACKAGES = PACKAGES
    text = common.header(arguments, None, load_before, "benches/cache/run")
    versions = [["redis-server", "--version"], ["valgrind", "--version"]]
    if with_postgres:
        versions.append([str(binaries() / "postgres"), "--version"])
    return text + "\n- " + ", ".join(common.first_line(command).partition(" sha=")[0] for command in versions)


def save(text):
    return common.save(text, "-cache")


def grouped(readings):
    """{(name, threads): [a reading each round]}"""
    found = {}
    for reading in readings:
        found.setdefault((reading["name"], reading["threads"]), []).append(reading)
    return found


def hit(times, counted):
    found, allocations = grouped(times), grouped(counted)
    # Of the processor: one thread waits for nothing but its turn.
    base = [reading["cpu"] for reading in found[("quick_cache", 1)]]
    lines = ["| a hit, CPU ns | min | median | max | of quick_cache | allocations |", "|---|--:|--:|--:|--:|--:|"]
    for (name, threads), each in found.items():
        values = [reading["cpu"] for reading in each]
        asked = median(reading["allocations"] for reading in allocations[(name, threads)])
        cells = [f"{value:.1f}" for value in (min(values), median(values), max(values))]
        cells += [of(values, base), f"{asked:.2f}"]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "## A hit, by one thread\n\n" + "\n".join(lines)


def of(values, bases):
    """The median over the rounds of the ratio within the round, with the smallest and the largest."""
    each = [value / base for value, base in zip(values, bases)]
    return f"{median(each):.2f}x ({min(each):.2f}-{max(each):.2f})"


def instructions(counts):
    base = counts["quick_cache"]
    lines = ["| a hit | instructions | of quick_cache |", "|---|--:|--:|"]
    lines += [f"| {name} | {count:.0f} | {count / base:.2f}x |" for name, count in counts.items()]
    return "## The same in instructions\n\n" + "\n".join(lines)


def rates(lines):
    cells = {(line["exponent"], line["room"], line["name"]): line["hits"] for line in lines}
    names = list(dict.fromkeys(line["name"] for line in lines))
    text = ["| exponent, room of 100,000 keys | " + " | ".join(names) + " |", "|---|" + "--:|" * len(names)]
    for exponent, room in dict.fromkeys((line["exponent"], line["room"]) for line in lines):
        row = " | ".join(f"{cells[(exponent, room, name)]:.1%}" for name in names)
        text.append(f"| {exponent}, {room:,} | {row} |")
    return "## Hit rate by Zipf's law\n\n" + "\n".join(text)


def threads(readings, yardstick):
    found = grouped(readings)
    what = readings[0]["what"]
    parts = [f"## {TITLES[what]}"]
    for title, key in (("ns an operation", "ns"), ("CPU ns an operation", "cpu")):
        parts.append(table(f"{title}, {UNITS[what]}", found, key, yardstick))
    rates = {name: [] for name, _ in found}
    for (name, _), each in found.items():
        rates[name] += [reading["hits"] for reading in each if reading["hits"] is not None]
    lines = ["| hit rate | min | median | max |", "|---|--:|--:|--:|"]
    for name, values in rates.items():
        if values:
            cells = " | ".join(f"{value:.1%}" for value in (min(values), median(values), max(values)))
            lines.append(f"| {name} | {cells} |")
    return [*parts, "\n".join(lines)]


TITLES = {"zipf": "Memory, by threads", "remote": "Redis, by tasks", "queries": "The query cache, by tasks"}
UNITS = {"zipf": "threads", "remote": "tasks", "queries": "tasks"}


def table(title, found, key, yardstick):
    """The median, and what it is of the yardstick's with as many threads."""
    names = list(dict.fromkeys(name for name, _ in found))
    numbers = list(dict.fromkeys(number for _, number in found))
    lines = [f"| {title} | " + " | ".join(map(str, numbers)) + " |", "|---|" + "--:|" * len(numbers)]
    for name in names:
        cells = []
        for number in numbers:
            values = [reading[key] for reading in found[(name, number)]]
            bases = [reading[key] for reading in found[(yardstick, number)]]
            cell = f"{median(values):,.0f}"
            cells.append(cell if name == yardstick else f"{cell} ({of(values, bases).replace(' (', ', ')}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def allocations(readings):
    lines = ["| 16 tasks | allocations an operation |", "|---|--:|"]
    for (name, _), each in grouped(readings).items():
        lines.append(f"| {name} | {median(reading['allocations'] for reading in each):.1f} |")
    return "\n".join(lines)
