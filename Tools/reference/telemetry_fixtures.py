"""Makes the fixtures of Tests/Fixtures/Telemetry.

usage: python telemetry_fixtures.py TESTBED.csv.gz Tests/Fixtures/Telemetry

testbed_slice.csv.gz: 25 ticks (300 rows, all columns) of the project's testbed recording, as recorded.
testbed_slice_columns.json: per numeric column, by pandas: filled cells and the sum of the values as float64.
older_recorder.csv.gz: 240 synthetic rows of the 26 columns of the older recorder, two gzip members one after another.
numbers.json: decimal texts with their float64 bit patterns by Python's correctly rounded float().
instants.json: timestamp texts with microseconds since 1970 by Python's datetime.
"""
import datetime
import gzip
import json
import random
import struct
import sys

import pandas as pd

FIRST_ROW, ROWS = 24000, 300


def testbed_slice(source, folder):
    with gzip.open(source, "rt", newline="") as file:
        lines = file.readlines()
    text = lines[0] + "".join(lines[1 + FIRST_ROW:1 + FIRST_ROW + ROWS])
    with open(f"{folder}/testbed_slice.csv.gz", "wb") as file:
        file.write(gzip.compress(text.encode(), 9, mtime=0))
    data = pd.read_csv(f"{folder}/testbed_slice.csv.gz")
    numeric = data.select_dtypes("number")
    columns = {name: {"filled": int(numeric[name].notna().sum()), "sum": float(numeric[name].sum())} for name in numeric}
    with open(f"{folder}/testbed_slice_columns.json", "w") as file:
        json.dump(columns, file, indent=1)
        file.write("\n")


OLDER = ("timestamp,region,az,link_type,node_id,peer_id,rtt_ms,jitter_ms,throughput_mbps,bytes_tx,bytes_rx,packet_loss,"
         "retransmits,congestion_window,queue_depth,dwcp_mode,network_tier,transport_type,hde_compression_ratio,"
         "hde_delta_hit_rate,amst_streams,amst_transfer_rate,error_budget_burn_rate,uptime_pct,failure_rate,"
         "consensus_latency_ms")


def older_recorder(folder):
    draw = random.Random(26)
    start = datetime.datetime(2026, 3, 1, tzinfo=datetime.timezone.utc)
    rows = []
    for index in range(240):
        time = start + datetime.timedelta(seconds=index // 2)
        node, peer = ("node-1", "node-2") if index % 2 == 0 else ("node-2", "node-1")
        rate = round(draw.uniform(20, 90), 3)
        rows.append([
            time.strftime("%Y-%m-%dT%H:%M:%SZ"), "us-east", "us-east-1a", "wan", node, peer, round(draw.uniform(40, 90), 2),
            round(draw.expovariate(0.5), 3), rate, int(rate * 125000), int(rate * 124000), round(draw.random() ** 8, 5),
            draw.randrange(4), draw.randrange(10, 800), round(draw.uniform(0, 40), 1), "standard", "tier3", "tcp",
            round(draw.uniform(1, 6), 3), round(draw.random(), 3), 4, round(rate / 4, 3),
            round(draw.uniform(0, 2), 3), 99.95, round(draw.uniform(0, 0.01), 4), round(draw.uniform(50, 200), 2)])
    lines = [",".join(map(str, row)) + "\r\n" for row in rows]
    with open(f"{folder}/older_recorder.csv.gz", "wb") as file:
        file.write(gzip.compress((OLDER + "\r\n" + "".join(lines[:100])).encode(), 9, mtime=0))
        file.write(gzip.compress("".join(lines[100:]).encode(), 9, mtime=0))


def numbers(folder):
    draw = random.Random(7)
    texts = ["0", "-0", "1", "0.1", "9007199254740993", "1e22", "1e23", "1e-22", "1.7976931348623157e308", "4.9e-324",
             "1e400", "123456789012345678", "1234567890123456789", "12345678901234567890",
             "0.000000000000000000000001", "5e-325",
             "2.2250738585072011e-308", "9223372036854775807", "18446744073709551616", "+7", ".5",
             "3.", "1E5", "1e+5", "00012.50"]
    for _ in range(400):
        digits = draw.randrange(1, 22)
        text = "".join(draw.choice("0123456789") for _ in range(digits))
        if draw.random() < 0.8:
            point = draw.randrange(digits + 1)
            text = text[:point] + "." + text[point:]
        if draw.random() < 0.4:
            text += f"e{draw.randrange(-320, 320)}"
        texts.append(draw.choice(["", "-"]) + text)
    pairs = [[text, struct.pack(">d", float(text)).hex()] for text in texts]
    with open(f"{folder}/numbers.json", "w") as file:
        json.dump(pairs, file, indent=None, separators=(",", ":"))
        file.write("\n")


def instants(folder):
    draw = random.Random(11)
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    pairs = []
    for _ in range(300):
        zone = draw.choice([None, 0, 0, 60, -330, 345, -720, 840])
        naive = datetime.datetime(1971, 1, 1) + datetime.timedelta(microseconds=draw.randrange(228 * 365 * 86400 * 10**6))
        precision = draw.choice(["seconds", "milliseconds", "microseconds"])
        unit = {"seconds": 1_000_000, "milliseconds": 1000, "microseconds": 1}[precision]
        naive = naive.replace(microsecond=naive.microsecond // unit * unit)
        aware = naive.replace(tzinfo=datetime.timezone(datetime.timedelta(minutes=zone or 0)))
        text = (naive if zone is None else aware).isoformat(sep=draw.choice("T "), timespec=precision)
        pairs.append([text, (aware - epoch) // datetime.timedelta(microseconds=1)])
    with open(f"{folder}/instants.json", "w") as file:
        json.dump(pairs, file, indent=None, separators=(",", ":"))
        file.write("\n")


def main():
    source, folder = sys.argv[1:]
    testbed_slice(source, folder)
    older_recorder(folder)
    numbers(folder)
    instants(folder)


main()
