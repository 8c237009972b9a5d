"""Tables."""

from statistics import median

from driver import report as common

from .cells import POOLS, SEEDS, SEEDS_BY, YARDSTICK

PACKAGES = ["tokio", "tokio-postgres", "deadpool-postgres", "bb8", "bb8-postgres", "sqlx", "mimalloc"]
save = common.save


class Readings:
    """{part: {what: {name: [a reading each round]}}}"""

    def __init__(self):
        self.of = {}

    def add(self, part, what, name, reading):
        self.of.setdefault(part, {}).setdefault(what, {}).setdefault(name, []).append(reading)

    def last(self, part, what, name):
        return self.of[part][what][name][-1]

    def part(self, name):
        return self.of.get(name, {})


def header(arguments, postgres, load_before, psycopg):
    """What was run, where, with what."""
    common.PACKAGES = PACKAGES
    text = common.header(arguments, postgres, load_before, "benches/pool/run")
    return text + (f", psycopg {psycopg}" if psycopg else "")


def tables(readings, cells):
    found = []
    alone, slow = readings.part("load"), readings.part("slow")
    clients = readings.part("pgbench")
    if alone:
        for cell in cells:
            if cell.clients in clients:
                alone[cell]["pgbench"] = clients[cell.clients]["pgbench"]
        found += ["## Rows by key", *of_load(alone, [*POOLS, "pgbench"])]
        found.append(slowest(alone))
    if slow:
        found += ["## The same beside a statement of 10 s", *of_load(slow, POOLS), slowest(slow)]
    if slow and alone:
        found.append(beside(slow, alone))
    if clients:
        found += ["## pgbench -S -M prepared", of_pgbench(clients)]
    if readings.part("first"):
        found += ["## The first answer", of_first(readings.part("first"))]
    if readings.part("seeds"):
        found += ["## One task", *of_seeds(readings.part("seeds"))]
    return "\n\n".join([*found, disturbance(readings)])


def of_load(readings, names):
    return [
        table("requests/s", readings, names, lambda r: r["rate"], thousands),
        table("p50, us", readings, names, lambda r: r["p50"] / 1000, figure),
        table("p99, us", readings, names, lambda r: r["p99"] / 1000, figure),
        table("p99 at a steady pace, us", readings, names, steady, figure),
        table("CPU seconds of the program, 100,000 requests", readings, names, lambda r: r["cpu"], "{:.2f}".format),
        table("CPU seconds of PostgreSQL, 100,000 requests", readings, names, lambda r: r["postgres"], "{:.2f}".format),
    ]


def steady(reading):
    """pgbench does not say it."""
    return reading["steady"] / 1000 if "steady" in reading else None


def thousands(value):
    return f"{value / 1000:.1f}k"


def figure(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def table(title, readings, names, of, write, line=str):
    """A line a cell: the median, and what it is of the yardstick's (the median over the rounds of the ratio within the
    round, with the smallest and the largest)."""
    names = [name for name in names if any(name in by for by in readings.values())]
    lines = [f"| {title} | " + " | ".join(names) + " |", "|---|" + "--:|" * len(names)]
    for what, by in readings.items():
        yardstick = [of(reading) for reading in by.get(YARDSTICK, [])]
        cells = []
        for name in names:
            values = [of(reading) for reading in by.get(name, [])]
            # None: no request ended in time.
            known = [value for value in values if value is not None]
            if not known:
                cells.append("")
                continue
            cell = write(median(known))
            if yardstick and name != YARDSTICK:
                cell += ratios(values, yardstick)
            cells.append(cell)
        lines.append(f"| {line(what)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def ratios(values, bases):
    each = [value / base for value, base in zip(values, bases) if base and value is not None]
    return f" ({median(each):.2f}x, {min(each):.2f}-{max(each):.2f})" if each else ""


def beside(slow, alone):
    """What the slow statement does to the others."""
    names = [name for name in POOLS if any(name in by for by in slow.values())]
    lines = ["| p99 beside it, of that alone | " + " | ".join(names) + " |", "|---|" + "--:|" * len(names)]
    for cell, by in slow.items():
        cells = []
        for name in names:
            pairs = zip(by.get(name, []), alone.get(cell, {}).get(name, []))
            each = [with_it["p99"] / without["p99"] for with_it, without in pairs]
            cells.append(f"{median(each):.2f}x ({min(each):.2f}-{max(each):.2f})" if each else "")
        lines.append(f"| {cell} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def slowest(readings):
    """Of all rounds: what happened once happened."""
    names = [name for name in POOLS if any(name in by for by in readings.values())]
    lines = ["| the slowest request of all rounds, ms | " + " | ".join(names) + " |", "|---|" + "--:|" * len(names)]
    for cell, by in readings.items():
        cells = [figure(max(reading["max"] for reading in by[name]) / 1e6) if name in by else "" for name in names]
        lines.append(f"| {cell} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def of_pgbench(clients):
    titles = ["transactions/s", "p50, us", "p99, us", "CPU seconds, 100,000", "of PostgreSQL, 100,000"]
    lines = ["| clients | " + " | ".join(titles) + " |", "|--:|" + "--:|" * len(titles)]
    for count, by in clients.items():
        of = {key: median(reading[key] for reading in by["pgbench"]) for key in ("rate", "p50", "p99", "cpu", "postgres")}
        cells = [thousands(of["rate"]), figure(of["p50"] / 1000), figure(of["p99"] / 1000)]
        cells += [f"{of['cpu']:.2f}", f"{of['postgres']:.2f}"]
        lines.append(f"| {count} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def of_first(first):
    """All from one line of readings: what differs is from where."""
    since = {
        "process": "from the start of the process, the runtime's with it",
        "main": "from the first line of the program",
        "pool": "from making the pool",
    }
    by_start = {
        title: {name: [reading[key] for reading in found] for name, found in first[""].items()}
        for key, title in since.items()
    }
    return table("to the first row, ms", by_start, POOLS, lambda nanos: nanos / 1e6, "{:.2f}".format)


def of_seeds(seeds):
    what = {name: f"{name}: {workload.what}" for name, workload in SEEDS.items()}

    def rows(name, value):
        return value * SEEDS[name].rows

    # A second's operations, or rows where one has many.
    rates = {
        name: {by: [rows(name, 1e9 / reading["wall"]) for reading in found] for by, found in each.items()}
        for name, each in seeds.items()
    }
    return [
        table("a second", rates, SEEDS_BY, lambda rate: rate, lambda value: f"{value:,.0f}", what.get),
        table("p99 of an operation, us", seeds, SEEDS_BY, lambda r: r["p99"] / 1000, figure, what.get),
        table("CPU of the program, us an operation", seeds, SEEDS_BY, lambda r: r["cpu"] / 1000, figure, what.get),
    ]


def disturbance(readings):
    shares = [
        reading["others"]
        for part in readings.of.values()
        for by in part.values()
        for found in by.values()
        for reading in found
        if "others" in reading
    ]
    if not shares:
        return ""
    text = (
        "CPU time that was neither the programs' nor PostgreSQL's: "
        f"median {median(shares):.0%}, at most {max(shares):.0%} of what was used."
    )
    if median(shares) > common.QUIET:
        text += " **Provisional**: other programs were at work; compare CPU, not requests/s and times."
    return text
