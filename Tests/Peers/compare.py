#!/usr/bin/env python3
"""Runs `hire bench` and the same work in PyTorch in turn and prints medians and ratios.

Usage: compare.py PATH-TO-HIRE [--rounds N] [--threads N]
Each round measures every benchmark once here and once there, so that a machine whose speed drifts does so for both.
A ratio below 1 means that hire is faster.
"""
import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys


def shown(seconds):
    """Milliseconds, or microseconds below a tenth of one."""
    return f"{seconds * 1e6:9.3f} µs" if seconds < 1e-4 else f"{seconds * 1e3:9.3f} ms"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hire")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=1.0)
    options = parser.parse_args()
    threads = str(options.threads)
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
    peers = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers.py")
    names = json.loads(subprocess.check_output([sys.executable, peers, "--list"]))
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
                [sys.executable, peers, "--threads", threads, "--seconds", str(options.seconds), name]
            )
            theirs.append(json.loads(output)[name]["median"])
            ratios.append(mine[-1] / theirs[-1])
        print(
            f"{name:24} {shown(statistics.median(mine))} {shown(statistics.median(theirs))} "
            f"{statistics.median(ratios):7.2f}   {row['summary']}"
        )


if __name__ == "__main__":
    main()
