"""A driver as a program: it stops what it has started when it is told to, and says failures in a line."""

import signal
import subprocess
import sys

from .processes import Failed


def as_program(name, parse, run):
    """Runs the options; the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = parse()
    try:
        run(options)
    except (Failed, subprocess.TimeoutExpired) as failure:
        print(f"{name}: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
