"""Readers of the telemetry file. They only read: nothing is validated, which is in their favour."""

import time


def _reading(read):
    def run() -> dict:
        start = time.perf_counter()
        table = read()
        seconds = time.perf_counter() - start
        # Freeing the table is not reading.
        return {"seconds": seconds, "rows": len(table)}

    return run


def pandas(settings):
    import pandas

    return _reading(lambda: pandas.read_csv(f"{settings['data']}/telemetry.csv"))


def pyarrow(settings):
    import pyarrow
    from pyarrow import csv

    pyarrow.set_cpu_count(settings["threads"])
    return _reading(lambda: csv.read_csv(f"{settings['data']}/telemetry.csv"))
