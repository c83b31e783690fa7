#!/usr/bin/env python3
"""Runs `hire bench` and the same work in PyTorch in turn and prints medians and ratios.

Usage: compare.py PATH-TO-HIRE [--rounds N] [--threads N] [--enrichers [--resolution R]]
Each round measures every benchmark once here and once there, so that a machine whose speed drifts does so for both.
A ratio below 1 means that hire is faster. `--enrichers` measures enrichers at real size instead (`hire bench enrichers`):
PyTorch needs up to a minute a round for one.
"""
import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers.py")


def shown(seconds):
    """Milliseconds, or microseconds below a tenth of one."""
    return f"{seconds * 1e6:9.3f} µs" if seconds < 1e-4 else f"{seconds * 1e3:9.3f} ms"


def enrichers(options):
    """hire pulls, PyTorch pushes a few channels at a time; the same parameters, shapes and results."""
    common = ["--threads", str(options.threads), "--resolution", str(options.resolution)]
    print(f"{'enricher':12} {'hire':>12} {'PyTorch':>12} {'ratio':>7}   ({options.resolution} px, {options.threads} threads)")
    for name in ("hire", "jbu", "bicubic"):
        mine, theirs = [], []
        for _ in range(options.rounds):
            report = json.loads(subprocess.check_output([options.hire, "bench", "enrichers", name, "--json", *common]))
            mine += [row["forward_seconds"] for row in report["rows"] if row["name"] == name]
            output = subprocess.check_output(
                [sys.executable, PEERS, "--seconds", "0", *common, f"enricher-{name}"]
            )
            theirs.append(json.loads(output)[f"enricher-{name}"]["median"])
        pair = statistics.median(mine), statistics.median(theirs)
        print(f"{name:12} {shown(pair[0])} {shown(pair[1])} {pair[0] / pair[1]:7.3f}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hire")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--enrichers", action="store_true")
    parser.add_argument("--resolution", type=int, default=672)
    options = parser.parse_args()
    threads = str(options.threads)
    if options.enrichers:
        return enrichers(options)
    ours = lambda name: json.loads(
        subprocess.check_output(
            [options.hire, "bench", *name, "--threads", threads, "--seconds", str(options.seconds), "--json"]
        )
    )
    if importlib.util.find_spec("torch") is None:
        print("PyTorch is not installed here, so only hire is measured (pip install torch for the ratios).")
        for row in ours([]):
            print(f"{row['name']:24} {shown(row['median_seconds'])}   {row['summary']}")
        return
    names = json.loads(subprocess.check_output([sys.executable, PEERS, "--list"]))
    rows = {row["name"]: row for row in ours([])}
    print(f"{'benchmark':24} {'hire':>12} {'PyTorch':>12} {'ratio':>7}   (medians of {options.rounds} rounds, {threads} threads)")
    for name, row in rows.items():
        if name not in names:
            print(f"{name:24} {shown(row['median_seconds'])} {'-':>12} {'-':>7}   {row['summary']}")
            continue
        mine, theirs, ratios = [], [], []
        for _ in range(options.rounds):
            mine.append(ours([name])[0]["median_seconds"])
            output = subprocess.check_output(
                [sys.executable, PEERS, "--threads", threads, "--seconds", str(options.seconds), name]
            )
            theirs.append(json.loads(output)[name]["median"])
            ratios.append(mine[-1] / theirs[-1])
        print(
            f"{name:24} {shown(statistics.median(mine))} {shown(statistics.median(theirs))} "
            f"{statistics.median(ratios):7.2f}   {row['summary']}"
        )


if __name__ == "__main__":
    main()
