"""Reads what `hire export` and `hire merge` make of Tests/Goldens/runs/capture and compares it with expected.npz.

Usage: check_runs.py HIRE   (the program; files go to a temporary folder)
"""

import os
import subprocess
import sys
import tempfile

import h5py
import numpy as np
from safetensors.numpy import load_file

here = os.path.dirname(os.path.abspath(__file__))
runs = os.path.join(here, "..", "runs")


def check(condition, what):
    if not condition:
        sys.exit(f"check_runs: {what}")


def same(name, found, expected):
    found = np.asarray(found)
    check(found.shape == expected.shape, f"{name}: shape {found.shape}, not {expected.shape}")
    if expected.dtype.kind == "U":
        check([str(x) for x in found.tolist()] == expected.tolist(), f"{name}: texts")
    else:
        check(found.dtype == expected.dtype, f"{name}: dtype {found.dtype}, not {expected.dtype}")
        check(np.array_equal(found, expected), f"{name}: numbers")


def main(program):
    run = os.path.join(runs, "capture")
    expected = np.load(os.path.join(runs, "expected.npz"))
    with tempfile.TemporaryDirectory() as folder:
        def hire(*arguments):
            subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL)

        npz = os.path.join(folder, "all.npz")
        hire("export", run, "--format", "npz", "--out", npz)
        found = np.load(npz)
        for name in expected.files:
            same(f"npz {name}", found[name], expected[name])
        check(set(expected.files) <= set(found.files), "npz lacks datasets")

        tensors = os.path.join(folder, "all.safetensors")
        hire("export", run, "--format", "safetensors", "--out", tensors)
        found = load_file(tensors)
        for name in expected.files:
            if expected[name].dtype.kind != "U":
                same(f"safetensors {name}", found[name.replace("/", ".")], expected[name])

        hire("export", run, "--format", "csv", "--out", os.path.join(folder, "csv"))
        grades = np.loadtxt(os.path.join(folder, "csv", "metrics.grade.csv"), skiprows=1, dtype=np.float32)
        same("csv", grades, expected["metrics/grade"])

        for mode in ["--link", "--copy"]:
            merged = os.path.join(folder, "merged.h5")
            hire("merge", run, mode, "--out", merged)
            with h5py.File(merged) as file:
                for name in expected.files:
                    data = file[name]
                    values = data.asstr()[:] if expected[name].dtype.kind == "U" else data[:]
                    same(f"merge {mode} {name}", values, expected[name])
                output = file["act/encoder/output"]
                check([d.label for d in output.dims] == ["sample", "token", "channel"], "labels")
                check(output.dims[1].keys() == ["token_3"], f"scales {output.dims[1].keys()}")
                check(np.array_equal(output.dims[0][0][:], expected["sample"]), "the sample scale")
                check(file.attrs["complete"] == 1, "complete")
                check(output.attrs["hook"] == "encoder.output", "hook")
    print("check_runs: all is as expected")


main(sys.argv[1])
