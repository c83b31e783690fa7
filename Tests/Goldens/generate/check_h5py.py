"""Reads a file written by the toolkit with h5py and compares everything in it with what was meant.

Usage: check_h5py.py [Tests/Goldens/hdf5/sample.h5]

The file is made by the storage tests: HIRE_WRITE_HDF5_SAMPLE=sample.h5 swift test --filter ShardTests
"""

import os
import sys

import h5py
import numpy as np


def check(condition, what):
    if not condition:
        sys.exit(f"check_h5py: {what}")


def main(path):
    with h5py.File(path) as file:
        expected = {
            "schema": "hire-act", "schema_version": 1, "note": "größer, 大きい", "seed": 7,
            "rate": 0.25, "deterministic": True, "z": "after names", "complete": 1,
        }
        for name, value in expected.items():
            check(file.attrs[name] == value, f"attribute {name} is {file.attrs[name]!r}, not {value!r}")
        check(list(file.attrs["layers"]) == [3, 1, 2], "attribute layers")
        check(list(file.attrs["names"]) == ["b", "a"], "attribute names")
        check(list(file.attrs["scales"]) == [0.5, 1e-3], "attribute scales")

        output = file["act/encoder/layers/3/output"]
        meant = np.arange(3, dtype="f4")[:, None, None] + np.arange(20, dtype="f4").reshape(4, 5) / 32
        check(output.dtype == np.float32 and np.array_equal(output[...], meant), "layer output")
        check([d.label for d in output.dims] == ["sample", "token", "channel"], "axis labels")
        check(list(output.dims[0][0][...]) == [100, 101, 102], "the sample scale")
        check(list(output.dims[2][0][...]) == [0, 1, 2, 3, 4], "the channel scale")
        check(output.attrs["hook"] == "encoder.layers.3.output", "attribute hook")
        check(output.fletcher32, "the checksum")

        kernel = file["act/enricher/stages/0/kernel"]
        check(kernel.dtype == np.float32 and kernel.id.get_type().get_size() == 2, "bfloat16 as float32")
        check(np.array_equal(kernel[...], np.arange(12, dtype="f4").reshape(3, 4)), "kernel")

        signed = np.array([[0, 1, -2], [96, 0.5, -0.25]])
        for name, dtype in [("float32", "f4"), ("float64", "f8"), ("float16", "f2"), ("bfloat16", "f4")]:
            data = file[f"types/{name}"]
            check(data.dtype == dtype and np.array_equal(data[...], signed), name)
        for name, dtype in [("int32", "i4"), ("int64", "i8")]:
            data = file[f"types/{name}"]
            check(data.dtype == dtype and np.array_equal(data[...], np.trunc(signed) * 1000), name)
        check(np.array_equal(file["types/uint8"][...], [[0, 1, 2], [96, 200, 255]]), "uint8")
        flags = file["types/bool"]
        check(flags.dtype == bool and flags[...].tolist() == [[False, True, True], [False, True, False]], "bool")
        check(file["types/scalar"][()] == 3.5, "scalar")

        check(list(file["strings/variable"].asstr()) == ["short", "länger als das"], "strings of any length")
        fixed = [text.decode() for text in file["strings/fixed"][...]]
        check(fixed == ["short", "länger als das", ""], "strings of fixed length")
        check(list(file["input/prompt"].asstr()) == [f"What is it? #{i}" for i in range(3)], "prompts")
        offsets, values = file["input/token_ids/offsets"][...], file["input/token_ids/values"][...]
        check([values[a:b].tolist() for a, b in zip(offsets, offsets[1:])] == [[10], [10, 11], [10, 11, 12]], "ragged")
    print(f"h5py {h5py.__version__} (HDF5 {h5py.version.hdf5_version}) reads {path} as it was meant")


if __name__ == "__main__":
    default = os.path.join(os.path.dirname(__file__), "..", "hdf5", "sample.h5")
    main(sys.argv[1] if len(sys.argv) > 1 else default)
