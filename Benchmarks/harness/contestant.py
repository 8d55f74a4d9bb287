"""A process that runs one workload on request: ours (dwcp-bench) or a peer (peers/worker.py)."""

import json
import subprocess
from contextlib import suppress
from pathlib import Path

PEERS = Path(__file__).resolve().parent.parent / "peers" / "worker.py"


class Failure(Exception):
    """A contestant that could not do its work; the message says which and why."""


class Contestant:
    def __init__(self, name: str, command: list[str]):
        self.name = name
        # Standard error goes through: what a contestant says there is for the reader.
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            self._reply()
        except Failure:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def run(self) -> dict:
        """One round: {"seconds": …} and the numbers that show what was computed."""
        # To one that has died, nothing can be written; what it left as its answer says so.
        with suppress(BrokenPipeError):
            self._process.stdin.write("run\n")
            self._process.stdin.flush()
        return self._reply()

    def _reply(self) -> dict:
        line = self._process.stdout.readline()
        if not line:
            raise Failure(f"{self.name} ended with exit code {self._process.wait()} instead of an answer")
        try:
            return json.loads(line)
        except ValueError:
            raise Failure(f"{self.name} answered “{line.strip()}”, which is no JSON") from None

    def close(self) -> None:
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def ours(program: str, workload: str, settings: dict) -> Contestant:
    return Contestant(f"dwcp ({workload})", [program, workload, json.dumps(settings)])


def peer(python: str, name: str, settings: dict) -> Contestant:
    return Contestant(name, [python, str(PEERS), name, json.dumps(settings)])
