"""Tables, on the screen and in `../results/`."""

import os
import platform
import re
import subprocess
from datetime import date
from statistics import median

from .server import BENCHES
from .suite import YARDSTICK

PACKAGES = [
    "hyper",
    "tokio",
    "tokio-postgres",
    "axum",
    "actix-web",
    "xitca-web",
    "deadpool-postgres",
    "mimalloc",
    "serde_json",
    "sailfish",
]


WITHOUT_WRK = ("benches/orm/run", "benches/pool/run")

# The share of other programs above which a run says that it is no more than provisional.
QUIET = 0.05


def load_tables(readings):
    """Requests a second, the server's CPU and PostgreSQL's."""
    return "\n\n".join(
        [
            table("requests/s", readings, lambda reading: reading.rate, lambda value: f"{value / 1000:.1f}k"),
            table("server CPU, us a request", readings, lambda reading: reading.server_cpu, "{:.2f}".format),
            table("PostgreSQL CPU, us a request", readings, lambda reading: reading.postgres_cpu, "{:.2f}".format),
            disturbance(readings),
        ]
    )


def table(title, readings, of, write):
    """A line a contestant: the median, and what it is of the yardstick's (the median over rounds of the ratio
    within the round, with the smallest and the largest)."""
    lines = [f"| {title} | " + " | ".join(readings) + " |", "|---|" + "--:|" * len(readings)]
    for name in next(iter(readings.values())):
        cells = []
        for endpoint in readings:
            values = [of(reading) for reading in readings[endpoint][name]]
            yardstick = [of(reading) for reading in readings[endpoint].get(YARDSTICK, [])]
            cell = write(median(values))
            # Noise over nothing is no ratio: PostgreSQL during /plaintext.
            if yardstick and name != YARDSTICK and median(yardstick) >= 0.5:
                ratios = [value / base for value, base in zip(values, yardstick) if base]
                cell += f" ({median(ratios):.2f}x, {min(ratios):.2f}-{max(ratios):.2f})"
            cells.append(cell)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def disturbance(readings):
    shares = [reading.others for names in readings.values() for rounds in names.values() for reading in rounds]
    text = (
        "CPU time that was neither wrk's, the server's nor PostgreSQL's: "
        f"median {median(shares):.0%}, at most {max(shares):.0%} of what was used."
    )
    if max(shares) > QUIET:
        text += " **Provisional**: other programs were at work; compare CPU a request, not requests/s."
    return text


def instruction_table(counts):
    lines = ["| instructions a request | " + " | ".join(counts) + " |", "|---|" + "--:|" * len(counts)]
    for name in next(iter(counts.values())):
        cells = []
        for endpoint in counts:
            count, yardstick = counts[endpoint][name], counts[endpoint].get(YARDSTICK)
            ratio = f" ({count / yardstick:.2f}x)" if yardstick and name != YARDSTICK else ""
            cells.append(f"{count / 1000:.1f}k{ratio}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def header(arguments, postgres, load_before, program="benches/run"):
    """What was run, where, with what."""
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lock = (BENCHES / "Cargo.lock").read_text()
    versions = []
    for name in PACKAGES:
        found = re.findall(rf'name = "{re.escape(name)}"\nversion = "(.*)"', lock)
        versions += [f"{name} {' and '.join(found)}"] if found else []
    return "\n".join(
        [
            f"# {date.today().isoformat()}",
            "",
            f"`{' '.join([program, *arguments])}`",
            "",
            f"- {os.cpu_count()} x {model.group(1) if model else platform.processor()}, {memory:.0f} GiB, "
            f"{platform.system()} {platform.release()}; load average before: {load_before:.2f}",
            f"- {first_line(['rustc', '--version'])}, {server(postgres, program)}"
            f"commit {first_line(['git', 'describe', '--always', '--dirty'])}",
            "- " + ", ".join(versions),
        ]
    )


def server(postgres, program):
    wrk = f"{first_line(['wrk', '-v'])}, " if program not in WITHOUT_WRK else ""
    return wrk if postgres is None else f"PostgreSQL {postgres.version}, {wrk}"


def first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=BENCHES, timeout=10)
    except FileNotFoundError:
        return f"no {command[0]}"
    return (done.stdout + done.stderr).partition("\n")[0].partition(" Copyright")[0].strip()


def save(text, suffix):
    """Writes `results/<date><suffix>.md`; what is there stays."""
    folder = BENCHES / "results"
    folder.mkdir(exist_ok=True)
    name, number = f"{date.today().isoformat()}{suffix}", 1
    path = folder / f"{name}.md"
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.md"
    path.write_text(text + "\n")
    return path
