"""Writes down what h5py sees in a recorded shard: every dataset's path, dtype, shape, labels and numbers.

Usage: hdf5_layout.py layout.h5 [Tests/Goldens/hdf5/layout.json]      (needs h5py)

The file is made by the storage tests: HIRE_WRITE_HDF5_LAYOUT=layout.h5 swift test --filter LayoutTests
Tests/Peers/capture_layout.py opens whole folders with xarray too.
"""

import json
import pathlib
import sys

import h5py

SHORT = {"float32": "f32", "float64": "f64", "int32": "i32", "int64": "i64"}


def stored(dataset):
    """The dtype on the disk: h5py reads the toolkit's bfloat16 as float32."""
    if dataset.dtype == "float16":
        return "f16"
    if dataset.dtype == "float32" and dataset.id.get_type().get_size() == 2:
        return "bf16"
    return SHORT[dataset.dtype.name]


def main(path, target):
    found = []
    with h5py.File(path) as file:
        assert file.attrs["complete"] == 1 and file.attrs["schema"] == "hire-act"

        def visit(name, node):
            if not isinstance(node, h5py.Dataset):
                return
            entry = {
                "path": node.name, "stored": stored(node), "shape": list(node.shape),
                "labels": [dimension.label for dimension in node.dims],
                "values": [float(value) for value in node[...].reshape(-1)],
            }
            if "hook" in node.attrs:
                entry["hook"] = node.attrs["hook"]
            found.append(entry)

        file.visititems(visit)
    lines = ",\n".join(json.dumps(entry) for entry in sorted(found, key=lambda entry: entry["path"]))
    pathlib.Path(target).write_text('{"datasets": [\n' + lines + "\n]}\n")


main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else
     pathlib.Path(__file__).parent.parent / "hdf5" / "layout.json")
