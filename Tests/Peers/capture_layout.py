"""Opens a folder of captured features with plain h5py and with xarray, as users do, and checks what they see.

    python3 Tests/Peers/capture_layout.py FOLDER...      (needs h5py, xarray, h5netcdf, numpy)
"""

import json
import pathlib
import sys

import h5py
import numpy
import xarray


def datasets(group):
    found = []
    group.visititems(lambda name, node: found.append(node) if isinstance(node, h5py.Dataset) else None)
    return found


def check(path):
    with h5py.File(path) as file:
        assert file.attrs["complete"] == 1 and file.attrs["schema"] == "hire-act", path
        samples = len(file["sample"])
        assert len(file["input/sample_id"]) == samples
        groups, ragged = set(), 0
        for dataset in datasets(file["act"]):
            leaf = dataset.name.rsplit("/", 1)[-1]
            if leaf in ("row", "edge"):
                continue
            labels = [dimension.label for dimension in dataset.dims]
            assert all(labels), (dataset.name, labels)
            groups.add(dataset.parent.name)
            values = dataset[...]
            # bfloat16 and float16 come as numpy's own types; a damaged chunk would raise here.
            assert values.dtype in (numpy.float32, numpy.float16, numpy.int32, numpy.int64), values.dtype
            if leaf == "values" and "offsets" in dataset.parent:
                offsets = dataset.parent["offsets"][...]
                assert offsets[0] == 0 and offsets[-1] == len(values) and (numpy.diff(offsets) >= 0).all()
                ragged += 1
            elif "hook" in dataset.attrs:
                assert json.dumps(dataset.attrs["hook"]) and labels[0] == "sample"
        if "image_span" in file["input"]:
            spans, offsets = file["input/image_span"][...], file["input/token_ids/offsets"][...]
            ids = file["input/token_ids/values"][...]
            for index, (start, stop) in enumerate(spans):
                own = ids[offsets[index]:offsets[index + 1]]
                assert (own[start:stop] == -1).all() and (own[:start] >= 0).all() and (own[stop:] >= 0).all()
    xarray.open_dataset(path, engine="h5netcdf").close()
    for group in sorted(groups | {"/input", "/measured"}):
        with xarray.open_dataset(path, engine="h5netcdf", group=group) as data:
            for name, array in data.data_vars.items():
                assert not any(str(axis).startswith("phony") for axis in array.dims), (group, name)
                array.load()
    print(f"{path}: {samples} samples, {len(groups)} groups, {ragged} ragged")


for folder in sys.argv[1:]:
    paths = sorted(pathlib.Path(folder).rglob("*.h5")) if pathlib.Path(folder).is_dir() else [pathlib.Path(folder)]
    assert paths, folder
    for path in (path for path in paths if path.name != "run.h5"):
        check(path)
