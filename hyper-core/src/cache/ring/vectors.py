"""What uhashring and libketama make of some rings: `vectors.txt`, which the tests hold the ring of this folder against.

    pip install uhashring==2.5 ketama==0.1.1      (the second is libketama's C source with a binding)
    python vectors.py > vectors.txt

It fails where the two disagree. A line `ring` names nodes with their weights, `points` says how many points each has and the digest of all
of them in their order ("{point} {node}\n"), `key` where a key is.
"""

import hashlib
import os
import sys
import tempfile

import ketama
import uhashring

RINGS = [
    {"cache-1": 1},
    {"cache-1": 1, "cache-2": 1, "cache-3": 1},
    {"10.0.1.1:11211": 600, "10.0.1.2:11211": 300, "10.0.1.3:11211": 200, "10.0.1.4:11211": 350, "10.0.1.5:11211": 1000,
     "10.0.1.6:11211": 800, "10.0.1.7:11211": 950, "10.0.1.8:11211": 100},
    {"small": 1, "middle": 2, "large": 3},
    {"one": 7, "two": 1, "three": 13},
    {f"node-{n}": 1 for n in range(20)},
    {f"node-{n}": n for n in range(1, 12)},
    {"almost-nothing": 1, "everything": 1000},
]
KEYS = ["", "a", "front", "user:7", "4:user1:7", "site:v1:front", "ü", "日本語", "x" * 250] + [f"key-{n}" for n in range(200)]


def show(nodes, file):
    ours = uhashring.HashRing(nodes={name: {"weight": weight} for name, weight in nodes.items()}, hash_fn="ketama")
    points = ours.get_points()
    # Each in a file of its own: libketama keeps rings in shared memory, by the file's inode.
    with open(file, "w") as servers:
        servers.write("".join(f"{name}\t{weight}\n" for name, weight in nodes.items()))
    theirs = ketama.Ketama(file)
    assert sorted(theirs.get_points()) == sorted(points), nodes
    print("ring", *(f"{weight}={name}" for name, weight in nodes.items()))
    digest = hashlib.md5("".join(f"{point} {name}\n" for point, name in points).encode()).hexdigest()
    print("points", digest, *(ours.distribution[name] for name in nodes))
    for key in KEYS:
        node = ours.get_node(key)
        assert theirs.get_server(key.encode())[1] == node, (nodes, key)
        print("key", node, key)
    sys.stdout.flush()
    # libketama ends badly where it is asked for a second ring.
    os._exit(0)


folder = tempfile.mkdtemp()
for number, nodes in enumerate(RINGS):
    child = os.fork()
    if child == 0:
        show(nodes, f"{folder}/{number}")
    assert os.waitpid(child, 0)[1] == 0, nodes
