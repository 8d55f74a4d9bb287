"""Memory of a process and all it starts, from /proc."""

import threading
from pathlib import Path


class PeakMemory:
    """Samples a process tree until `stop`, once more then.

    `proportional`: the largest sum of proportional set sizes (a page shared by n processes counts 1/n in each) seen at one
    instant. `bound`: the sum of every process' own peak, as the kernel kept it until the process was seen last: a short peak
    between two samples counts, but peaks of different instants are added, and shared pages count in each process.
    """

    INTERVAL_SECONDS = 0.1

    def __init__(self, pid: int):
        self._root = pid
        self._peaks: dict[int, int] = {}
        self.proportional = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @property
    def bound(self) -> int:
        return sum(self._peaks.values())

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            # Read before the sample, so that the last one is taken after `stop`.
            stopped = self._stopped.is_set()
            pids = _tree(self._root)
            self.proportional = max(self.proportional, sum(_field(pid, "smaps_rollup", "Pss:") for pid in pids))
            for pid in pids:
                self._peaks[pid] = max(self._peaks.get(pid, 0), _field(pid, "status", "VmHWM:"))
            if stopped:
                return
            self._stopped.wait(self.INTERVAL_SECONDS)


def _tree(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # After the name, which may hold anything but ends with the last bracket: the state, then the parent.
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended between two looks
        children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def _field(pid: int, file: str, name: str) -> int:
    """A field of /proc/<pid>/<file> in bytes; 0 for a process that has ended."""
    try:
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
