"""Who is measured, and on what."""

from dataclasses import dataclass

# All ratios are to this one.
YARDSTICK = "hyperdjango"

# Pools, and their programs.
POOLS = {
    "hyperdjango": "bench-pool-hyperdjango",
    "deadpool": "bench-pool-deadpool",
    "bb8": "bench-pool-bb8",
    "sqlx": "bench-pool-sqlx",
}
PACKAGES = ["bench-pool-hyperdjango", "bench-pool-peers"]

TASKS = (1, 16, 64, 256)
CONNECTIONS = (8, 32)

# Who does the workloads of one task; psycopg has no program that is built.
SEEDS_BY = {"hyperdjango": "bench-pool-hyperdjango", "hand": "bench-pool-hand", "psycopg": None}

# What a run consists of.
PARTS = {
    "load": "tasks that ask for one row after the other",
    "slow": "the same beside a statement of 10 s",
    "first": "time to the first answer",
    "seeds": "what one task reads and writes",
}


@dataclass(frozen=True)
class Workload:
    """`rows`: in an operation, of which a second's are counted; 1: operations are. `writes`: the table is put back
    before each reading."""

    what: str
    rows: int = 1
    writes: bool = False


SEEDS = {
    "pk": Workload("one row of 4 columns by its key"),
    "range": Workload("100 rows by a range of keys"),
    "update": Workload("update of a column of a row", writes=True),
    "insert": Workload("insert of a row, returned", writes=True),
    "bulk-1k": Workload("insert of 1,000 rows in a statement, returned: rows", 1_000, writes=True),
    "copy-50k": Workload("COPY of 50,000 rows: rows", 50_000, writes=True),
}


@dataclass(frozen=True)
class Cell:
    tasks: int
    connections: int

    def __str__(self):
        return f"{self.tasks} tasks, {self.connections} connections".replace("1 tasks", "1 task")

    @property
    def clients(self):
        """How many connections are in use at most: pgbench has one for each client."""
        return min(self.tasks, self.connections)
