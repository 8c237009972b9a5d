"""Tables."""

from statistics import median

from driver import report as common

from .workloads import CONTESTANTS, WORKLOADS, YARDSTICK

PACKAGES = ["tokio", "tokio-postgres", "diesel", "diesel-async", "sea-orm", "sqlx", "mimalloc", "serde_json"]
save = common.save


def header(arguments, postgres, load_before):
    """What was run, where, with what."""
    common.PACKAGES = PACKAGES
    return common.header(arguments, postgres, load_before, "benches/orm/run")


def load_tables(readings):
    """CPU and time an operation, the slowest of a hundred, and who disturbed."""
    loads = [reading["load"] for names in readings.values() for rounds in names.values() for reading in rounds]
    return "\n\n".join(
        [
            table("CPU of the program, us an operation", readings, lambda reading: reading["cpu"] / 1000, micro),
            table("time, us an operation", readings, lambda reading: reading["wall"] / 1000, micro),
            table("99th percentile, us", readings, lambda reading: reading["p99"] / 1000, micro),
            f"Load average while measuring: median {median(loads):.1f}, at most {max(loads):.1f}. A program and "
            "PostgreSQL alone make about 1. Above that others were at work: times are worthless then, CPU is a hint, "
            "and instructions are the figure to compare.",
        ]
    )


def micro(value):
    return f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def table(title, readings, of, write):
    """A line a workload. In brackets: what it is of the yardstick's within each round, the median, then the smallest and
    the largest."""
    names = [name for name in CONTESTANTS if any(name in found for found in readings.values())]
    lines = [f"| {title} | | " + " | ".join(names) + " |", "|---|---|" + "--:|" * len(names)]
    for workload, found in readings.items():
        cells = []
        yardstick = [of(reading) for reading in found.get(YARDSTICK, [])]
        for name in names:
            values = [of(reading) for reading in found.get(name, [])]
            if not values:
                cells.append("")
                continue
            cell = write(median(values))
            if yardstick and name != YARDSTICK:
                ratios = [value / base for value, base in zip(values, yardstick) if base]
                cell += f" ({median(ratios):.2f}x, {min(ratios):.2f}-{max(ratios):.2f})"
            cells.append(cell)
        lines.append(f"| {workload.upper()} | {WORKLOADS[workload].what} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def instruction_tables(counts):
    both = [("instructions an operation", 0, "{:,.0f}"), ("allocations an operation", 1, "{:,.1f}")]
    return "\n\n".join(instruction_table(counts, *each) for each in both)


def instruction_table(counts, title, place, pattern):
    names = [name for name in CONTESTANTS if any(name in found for found in counts.values())]
    lines = [f"| {title} | | " + " | ".join(names) + " |", "|---|---|" + "--:|" * len(names)]
    for workload, found in counts.items():
        cells = []
        for name in names:
            if name not in found:
                cells.append("")
                continue
            value, yardstick = found[name][place], found.get(YARDSTICK, (0, 0))[place]
            ratio = f" ({value / yardstick:.2f}x)" if yardstick and name != YARDSTICK and place == 0 else ""
            cells.append(pattern.format(value) + ratio)
        lines.append(f"| {workload.upper()} | {WORKLOADS[workload].what} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
