"""Instructions of a hit: twice under callgrind with different numbers, and the difference is divided."""

import re
import shutil
import subprocess

from driver.processes import Failed, outlived_by_us
from driver.server import target

NAMES = [
    "quick_cache",
    "quick_cache, key made",
    "moka sync",
    "moka sync, TTL",
    "moka future",
    "LocMemCache::find",
    "LocMemCache::get",
    "TwoTierCache, shared",
    "Cache::get_bytes",
    "Cache::get_shared",
    "Cache::get_shared, prefix",
    "Cache::get",
    "Cache::get, a number",
]
FEW, MANY = 20_000, 120_000


def measure():
    """{name: instructions a hit}"""
    if shutil.which("valgrind") is None:
        raise Failed("valgrind is not installed (Debian: apt-get install valgrind)")
    folder = target() / "callgrind"
    folder.mkdir(exist_ok=True)
    found = {}
    for name in NAMES:
        counts = [count(name, passes, folder / f"cache-{passes}.out") for passes in (FEW, MANY)]
        found[name] = (counts[1] - counts[0]) / (MANY - FEW)
        print(f"  {name}: {found[name]:.0f}", flush=True)
    return found


def count(name, passes, out):
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", str(target() / "release" / "bench-cache")]
    command += ["hit", "--passes", str(passes), "--only", name]
    done = subprocess.run(outlived_by_us("KILL", command), capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise Failed(f"{' '.join(command)}:\n{done.stderr.strip()[-2000:]}")
    return int(re.search(r"(?m)^(?:summary|totals): (\d+)", out.read_text()).group(1))
