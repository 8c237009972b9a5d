"""Who is measured, and on what."""

from dataclasses import dataclass

# All ratios are to this one.
YARDSTICK = "hand"

# Names, and the packages: the binary is called like the package.
CONTESTANTS = {
    "hand": "bench-orm-hand",
    "hyperdjango": "bench-orm-hyperdjango",
    "diesel": "bench-orm-diesel",
    "sea-orm": "bench-orm-seaorm",
    "sqlx": "bench-orm-sqlx",
}


@dataclass(frozen=True)
class Workload:
    """`iterations`: how many operations callgrind sees at least (and five times as many); 0: it does not count
    this one. `writes`: the tables are put back before each reading."""

    what: str
    iterations: int = 20
    writes: bool = False
    connections: int = 1


WORKLOADS = {
    "w1": Workload("one row of 8 columns by its key", 200),
    "w2-10": Workload("10 rows of 3 columns", 100),
    "w2-100": Workload("100 rows", 50),
    "w2-1k": Workload("1,000 rows", 10),
    "w2-10k": Workload("10,000 rows", 3),
    "w3": Workload("100 rows of 32 columns", 10),
    "w4": Workload("filter beyond a foreign key, order, limit 20", 50),
    "w5": Workload("100 rows with the row a nullable foreign key leads to", 20),
    "w6": Workload("100 users with 10 posts with 10 comments each", 3),
    "w7": Workload("0, 1 and 3 of 4 optional conditions in turn, 20 rows", 60),
    "w8-1": Workload("keys in a list of 1", 100),
    "w8-10": Workload("of 10", 50),
    "w8-1k": Workload("of 1,000", 5),
    "w9": Workload("a page of 20 rows and how many there are", 30),
    "w10-1": Workload("insert 1 row, returned", 100, writes=True),
    "w10-100": Workload("insert 100 rows in a statement", 10, writes=True),
    "w10-1k": Workload("1,000 rows", 5, writes=True),
    "w10-10k": Workload("10,000 rows", 2, writes=True),
    "w10-copy": Workload("100,000 rows by COPY", 1, writes=True),
    "w11-set": Workload("update two columns of a row", 100, writes=True),
    "w11-f": Workload("update a column by itself plus one", 100, writes=True),
    "w11-patch": Workload("update what a form has of three columns", 100, writes=True),
    "w12": Workload("insert or update 100 rows", 10, writes=True),
    "w13": Workload("transaction: lock, update, insert", 50, writes=True),
    "w14-10k": Workload("10,000 rows of 3 columns as JSON", 3),
    "w14-tree": Workload("w6 as JSON", 3),
    "w15": Workload("connect and ask once", 20),
    "w16": Workload("w7, the query put together at run time", 60),
    "w17-1": Workload("w1 by 1 task, 8 connections at most", 0, connections=8),
    "w17-16": Workload("by 16 tasks", 0, connections=8),
    "w17-64": Workload("by 64 tasks", 0, connections=8),
    "w17-256": Workload("by 256 tasks, 32 connections at most", 0, connections=32),
    "w18-db": Workload("TechEmpower's single query", 200, writes=True),
    "w18-queries": Workload("20 queries", 20, writes=True),
    "w18-fortunes": Workload("fortunes, without the page", 50, writes=True),
    "w18-updates": Workload("20 updates", 20, writes=True),
}
