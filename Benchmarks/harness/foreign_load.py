"""How much of the processors other programs use, right now."""

import time
from pathlib import Path


def share(seconds: float = 3.0) -> float:
    """Busy time of all processors over `seconds` in which this program only sleeps: 0 is idle, 1 is full.

    Not the load average: that one remembers the build that `make bench` itself has just finished.
    """
    busy, total = _ticks()
    time.sleep(seconds)
    busy_after, total_after = _ticks()
    return (busy_after - busy) / max(1, total_after - total)


def _ticks() -> tuple[int, int]:
    """Busy and all clock ticks since boot (man 5 proc_stat: user, nice, system, idle, iowait, irq, softirq, steal)."""
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle = fields[3] + fields[4]
    return sum(fields) - idle, sum(fields)
