"""How much of the processors other programs use."""

import os
import resource
import time
from pathlib import Path


def share(seconds: float = 3.0) -> float:
    """Over `seconds` in which this program only sleeps: 0 is idle, 1 is full.

    Not the load average: that one remembers the build that `make bench` itself has just finished.
    """
    meanwhile = Meanwhile()
    time.sleep(seconds)
    return meanwhile.share()


class Meanwhile:
    """Since it was made, beside this program and its children. Children must have ended by then to be told from others."""

    def __init__(self):
        self._start = _ticks()

    def share(self) -> float:
        (busy, own, total), (busy_after, own_after, total_after) = self._start, _ticks()
        return max(0.0, busy_after - busy - (own_after - own)) / max(1, total_after - total)


def _ticks() -> tuple[int, float, int]:
    """Busy, own and all clock ticks (man 5 proc_stat: user, nice, system, idle, iowait, irq, softirq, steal).

    What the host of a virtual machine takes away counts as busy with others, if it says so: many do not.
    """
    fields = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    idle = fields[3] + fields[4]
    own = sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
    return sum(fields) - idle, own * os.sysconf("SC_CLK_TCK"), sum(fields)
