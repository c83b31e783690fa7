"""Speed of captures beside dd and h5py: the same bytes to the same disk, in turn, medians.

    python3 Tests/Peers/capture.py HIRE FOLDER [ROUNDS]      (needs h5py and numpy)

dd writes zeros with conv=fsync; h5py writes the same samples in the same chunks with fletcher32, in files of the same size,
each fsynced. All three therefore end with their bytes on the disk.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import h5py
import numpy

SAMPLES, TOKENS, CHANNELS, PER_FILE, CHUNK = 228, 577, 1024, 21, 193


def ours(hire, folder):
    rows = json.loads(subprocess.run(
        [hire, "bench", "capture", "--json", "--folder", str(folder)], check=True, capture_output=True, text=True).stdout)
    return {row["name"]: row["megabytes_per_second"] for row in rows}


def dd(folder):
    path = folder / "dd.bin"
    began = time.perf_counter()
    subprocess.run(
        ["dd", "if=/dev/zero", f"of={path}", "bs=1M", "count=512", "conv=fsync"], check=True, capture_output=True)
    seconds = time.perf_counter() - began
    path.unlink()
    return 512 * 1024 * 1024 / seconds / 1e6


def peer(folder):
    sample = (numpy.arange(TOKENS * CHANNELS, dtype=numpy.float32) % 8191 / 64 - 60).reshape(TOKENS, CHANNELS)
    place = folder / "h5py"
    place.mkdir()
    began, written = time.perf_counter(), 0
    for first in range(0, SAMPLES, PER_FILE):
        path = place / f"{first}.h5"
        with h5py.File(path, "w") as file:
            rows = file.create_dataset(
                "act/encoder/layers/22/output", (0, TOKENS, CHANNELS), "f4", maxshape=(None, TOKENS, CHANNELS),
                chunks=(1, CHUNK, CHANNELS), fletcher32=True)
            for index in range(min(PER_FILE, SAMPLES - first)):
                rows.resize(index + 1, axis=0)
                rows[index] = sample
        descriptor = os.open(path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        written += path.stat().st_size
    seconds = time.perf_counter() - began
    shutil.rmtree(place)
    return written / seconds / 1e6


def main():
    hire, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    folder.mkdir(parents=True, exist_ok=True)
    results = {}
    for _ in range(rounds):
        found = {"dd": dd(folder), "h5py": peer(folder), **ours(hire, folder)}
        for name, rate in found.items():
            results.setdefault(name, []).append(rate)
    medians = {name: statistics.median(rates) for name, rates in results.items()}
    for name, rates in results.items():
        print(f"{name:14} {medians[name]:8.0f} MB/s   {medians[name] / medians['dd']:5.2f} x dd   "
              f"{medians[name] / medians['h5py']:5.2f} x h5py   ({', '.join(f'{rate:.0f}' for rate in rates)})")


main()
