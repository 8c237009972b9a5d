"""The workloads of one task with psycopg 3: prepared the first time, rows in the binary format, as tuples.

The command line and the line of JSON are those of the programs that use `bench_orm::Harness`."""

import argparse
import json
import time

import psycopg

# As in the harness: seconds, and operations.
WARM_UP = 0.1
LEAST = 3

ACCOUNT = ("aid", "bid", "abalance", "filler")
ITEM = ("id", "name", "note", "score")
RETURNING = " RETURNING id, name, note, score"


def pick(i, most):
    return 1 + (i * 7919 + 13) % most


def item(i):
    return f"New item {i}", f"note {i}" if i % 2 == 0 else None


def pk(cursor, i):
    text = "SELECT aid, bid, abalance, filler FROM pgbench_accounts WHERE aid = %s"
    return cursor.execute(text, (pick(i, 1_000_000),)).fetchone()


def key_range(cursor, i):
    text = "SELECT aid, bid, abalance, filler FROM pgbench_accounts WHERE aid BETWEEN %s AND %s ORDER BY aid"
    first = pick(i, 999_900)
    return cursor.execute(text, (first, first + 99)).fetchall()


def update(cursor, i):
    return cursor.execute("UPDATE items SET score = %s WHERE id = %s", (i % 1000, pick(i, 10_000))).rowcount


def insert(cursor, i):
    text = "INSERT INTO items (name, note, score) VALUES (%s, %s, %s)" + RETURNING
    return cursor.execute(text, (*item(i), 7)).fetchone()


def bulk(cursor, _):
    names, notes = zip(*map(item, range(1_000)))
    text = "INSERT INTO items (name, note, score) SELECT * FROM unnest(%s::text[], %s::text[], %s::int4[])"
    return cursor.execute(text + RETURNING, (list(names), list(notes), list(range(1_000)))).fetchall()


def copy(cursor, _):
    with cursor.copy("COPY items (name, note, score) FROM STDIN") as rows:
        for n in range(50_000):
            rows.write_row((*item(n), n))
    return cursor.rowcount


# What they do, and what the columns of their rows are called in a check.
WORKLOADS = {
    "pk": (pk, ACCOUNT),
    "range": (key_range, ACCOUNT),
    "update": (update, None),
    "insert": (insert, ITEM),
    "bulk-1k": (bulk, ITEM),
    "copy-50k": (copy, None),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--url", required=True)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    operation, columns = WORKLOADS[asked.workload]
    with psycopg.connect(asked.url, autocommit=True, prepare_threshold=0) as connection:
        cursor = connection.cursor(binary=True)
        if asked.check:
            for i in range(LEAST):
                print(json.dumps(named(operation(cursor, i), columns)))
        else:
            measure(operation, cursor, asked.seconds)


def named(answer, columns):
    if columns is None:
        return answer
    if isinstance(answer, list):
        return [dict(zip(columns, row)) for row in answer]
    return dict(zip(columns, answer))


def measure(operation, cursor, seconds):
    i, warm = 0, time.perf_counter()
    while i < LEAST or time.perf_counter() - warm < min(WARM_UP, seconds):
        operation(cursor, i)
        i += 1
    latencies = []
    cpu, start = time.process_time_ns(), time.perf_counter_ns()
    before, limit = start, start + seconds * 1e9
    while before < limit or len(latencies) < LEAST:
        operation(cursor, i)
        i += 1
        now = time.perf_counter_ns()
        latencies.append(now - before)
        before = now
    cpu = time.process_time_ns() - cpu
    count = len(latencies)
    latencies.sort()
    print(
        json.dumps(
            {
                "ops": count,
                "wall": (before - start) / count,
                "cpu": cpu / count,
                "p50": latencies[count // 2],
                "p99": latencies[count * 99 // 100],
            }
        )
    )


main()
