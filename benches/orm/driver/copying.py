"""COPY of the same rows by psql's \\copy and by the programs."""

import os
from statistics import median

from driver.processes import Failed

from . import contestant

ROWS = 100_000


def measure(postgres, options):
    """Rows a second, each contestant beside psql's \\copy from a file that is written before."""
    names = [name for name in options.contestants if name in ("hand", "hyperdjango", "sqlx")]
    rates = {name: [] for name in ["psql", *names]}
    shares = {name: [] for name in names}
    file = postgres.folder / "rows.tsv"
    with open(file, "w") as out:
        for n in range(ROWS):
            note = f"note {n}" if n % 2 == 0 else "\\N"
            out.write(f"New item {n}\t{note}\t{n}\n")
    os.chmod(file, 0o644)
    for _ in range(options.rounds):
        psql = ROWS / by_psql(postgres, file)
        rates["psql"].append(psql)
        for name in names:
            reading = contestant.reading(name, "w10-copy", postgres, options.seconds)
            rates[name].append(ROWS / (reading["wall"] / 1e9))
            shares[name].append(rates[name][-1] / psql)
    lines = ["| 100,000 rows by COPY | rows/s | of psql's |", "|---|--:|--:|"]
    for name, values in rates.items():
        share = f"{median(shares[name]):.0%} ({min(shares[name]):.0%}-{max(shares[name]):.0%})" if name != "psql" else ""
        lines.append(f"| {name} | {median(values):,.0f} | {share} |")
    lines.append("")
    lines.append("psql's time is the statement's alone, as psql measures it (`\\timing`).")
    return "\n".join(lines)


def by_psql(postgres, file):
    """Seconds, the median of three statements."""
    postgres.psql("-d", "bench", "-f", str(contestant.RESET))
    copy = f"\\copy items (name, note, score) FROM '{file}'"
    out = postgres.psql("-d", "bench", "-c", "\\timing on", "-c", copy, "-c", copy, "-c", copy)
    times = [float(line.split()[1]) for line in out.splitlines() if line.startswith("Time:")]
    if len(times) != 3:
        raise Failed(f"psql did not say how long it took:\n{out}")
    return median(times) / 1000
