"""Processes: started so that they die with the driver, waited for, and asked for the CPU time they used."""

import os
import shutil
import signal
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """Something the reader can mend; the text says how."""


def outlived_by_us(signal_name, command, user=None):
    """The command, so wrapped that it gets the signal if the driver dies, and runs as the user if there is one."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        if user:
            raise Failed("PostgreSQL does not start as root: install setpriv (util-linux), or run this as a user")
        return list(command)
    wrapped = [setpriv, "--pdeathsig", signal_name]
    if user:
        wrapped += ["--reuid", user, "--regid", str(group_of(user)), "--clear-groups"]
    return wrapped + ["--"] + list(command)


def group_of(user):
    import pwd

    return pwd.getpwnam(user).pw_gid


def stop(process, asked=signal.SIGTERM, patience=15):
    """Asks, waits, insists."""
    if process.poll() is None:
        process.send_signal(asked)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(condition, what, process, seconds=20):
    """Polls until the condition holds; the process must stay alive meanwhile."""
    deadline = time.monotonic() + seconds
    while not condition():
        if process.poll() is not None:
            raise Failed(f"{what}: it exited with {process.returncode}")
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(0.05)


def stat(pid):
    """The fields of /proc/PID/stat after the name, which may have spaces."""
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()


def cpu_seconds(pid):
    """User and system time of a process with all its threads, dead ones too."""
    fields = stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICK


def family_cpu_seconds(pid):
    """The same for a process and its children, those it has buried among them: PostgreSQL with its back ends."""
    fields = stat(pid)
    ticks = sum(int(field) for field in fields[11:15])
    for other in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = stat(other)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK


def machine_busy_seconds():
    """What all processors did since boot, idling and waiting for disks apart."""
    with open("/proc/stat") as file:
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICK
