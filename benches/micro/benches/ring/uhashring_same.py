"""What `cargo bench --bench ring` measures, of uhashring 2.5."""

import time

from uhashring import HashRing

keys = [f"site:v1:user:{key}" for key in range(10_000)]
for nodes in (3, 10, 100):
    ring = HashRing([f"cache-{node}" for node in range(nodes)], hash_fn="ketama")
    best = float("inf")
    for _ in range(20):
        started = time.perf_counter()
        for key in keys:
            ring.get_node(key)
        best = min(best, (time.perf_counter() - started) / len(keys) * 1e9)
    print(f"get_node, {nodes} nodes: {best:.0f} ns")
