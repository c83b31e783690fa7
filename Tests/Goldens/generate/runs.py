"""Makes Tests/Goldens/runs: references for statistics, and a run's folder whose shards h5py wrote.

statistics.json   p-values and intervals of the paired bootstrap, exactly (all n^n resamples) and by NumPy's resampling;
                  p-values of the paired sign-flip test, exactly (all 2^n signs) and by NumPy's draws; Holm's correction by
                  its definition
capture/          a run of two items with two shards each in the toolkit's layout
expected.npz      what its datasets are when all shards are put one behind the other
"""

import hashlib
import itertools
import json
import os
import shutil
import zlib

import h5py
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
target = os.path.join(here, "..", "runs")


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def pretty(value, indent=""):
    """JSON as the toolkit lays it out: lists of plain values stand on one line."""
    inner = indent + "  "
    if isinstance(value, dict) and value:
        rows = [f"{json.dumps(key, ensure_ascii=False)}: {pretty(value[key], inner)}" for key in sorted(value)]
        return "{\n" + ",\n".join(inner + row for row in rows) + "\n" + indent + "}"
    if isinstance(value, list) and any(isinstance(entry, (dict, list)) for entry in value):
        rows = [inner + pretty(entry, inner) for entry in value]
        return "[\n" + ",\n".join(rows) + "\n" + indent + "]"
    return json.dumps(value, ensure_ascii=False)


def summary(differences, means):
    observed = np.mean(differences)
    edge = abs(observed) - 1e-9
    return {
        "difference": float(observed),
        "p": float(np.mean(np.abs(means - observed) >= edge)),
        "low": float(np.quantile(means, 0.025)),
        "high": float(np.quantile(means, 0.975)),
    }


def flipped(differences, signs):
    sums = np.abs(np.asarray(signs) @ differences)
    return float(np.mean(sums >= abs(differences.sum()) - 1e-9))


def every_sign(differences):
    return flipped(differences, list(itertools.product([1, -1], repeat=len(differences))))


def statistics():
    random, coins = np.random.default_rng(5), np.random.default_rng(6)
    exact, sampled = [], []
    for a, b in [
        ([1, 1, 0, 1], [0, 1, 0, 0]),
        ([1, 0, 1, 1, 1], [0, 0, 1, 0, 1]),
        ([0.5, 1, 0.25, 1, 0, 1], [0.75, 0, 0.5, 0.5, 0, 0]),
        ([1, 0], [0, 1]),
        ([1, 1, 1], [0, 0, 0]),
        ([1, 1, 1, 1, 1], [0, 0, 0, 0, 0]),
    ]:
        d = np.array(a, float) - np.array(b, float)
        means = np.array([np.mean(choice) for choice in itertools.product(d, repeat=len(d))])
        exact.append({"a": a, "b": b, "flip": every_sign(d), **summary(d, means)})
    for count, lift in [(60, 0.0), (200, 0.08), (150, 0.2)]:
        base = (random.random(count) < 0.5).astype(float)
        better = np.where(random.random(count) < 0.35, (random.random(count) < 0.5 + lift), base).astype(float)
        d = better - base
        means = d[random.integers(0, count, (200_000, count))].mean(axis=1)
        flip = flipped(d, coins.choice([-1.0, 1.0], (200_000, count)))
        sampled.append({"a": better.tolist(), "b": base.tolist(), "flip": flip, **summary(d, means)})
    d = coins.integers(-3, 7, 16) / 4
    sixteen = {"a": d.tolist(), "b": [0.0] * 16, "flip": every_sign(d)}
    holm = []
    for p in [[0.01, 0.04, 0.03, 0.005], [0.5, 0.5], [0.2], [0.001, 0.9, 0.02, 0.02, 0.6]]:
        order = np.argsort(p, kind="stable")
        adjusted, largest = [0.0] * len(p), 0.0
        for rank, index in enumerate(order):
            largest = max(largest, min(1.0, (len(p) - rank) * p[index]))
            adjusted[index] = largest
        holm.append({"p": p, "adjusted": adjusted})
    seeds = [{"values": v, "mean": float(np.mean(v)), "deviation": float(np.std(v, ddof=1))}
             for v in ([0.61, 0.64, 0.6], [1e6 + 0.1, 1e6 + 0.2, 1e6 + 0.4, 1e6])]
    with open(os.path.join(target, "statistics.json"), "w") as file:
        json.dump({"exact": exact, "sampled": sampled, "holm": holm, "seeds": seeds, "sixteen": sixteen}, file, sort_keys=True)
        file.write("\n")


def scale(file, path, values):
    file.create_dataset(path, data=values)
    file[path].make_scale(path.split("/")[-1])


def label(dataset, *axes):
    for index, (name, dimension) in enumerate(axes):
        dataset.dims[index].label = name
        if dimension is not None:
            dataset.dims[index].attach_scale(dimension)


def shard(path, first, count, random, store):
    """Samples first ..< first + count; appends what it holds to the arrays of store."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    lengths = [1 + (first + index) * 7 % 4 for index in range(count)]
    values = {
        "sample": np.arange(first, first + count, dtype=np.int64),
        "act/encoder/output": random.standard_normal((count, 3, 4)).astype(np.float32),
        "act/encoder/half": random.standard_normal((count, 3, 4)).astype(np.float16),
        "act/language/hidden/values": random.standard_normal((sum(lengths), 2)).astype(np.float32),
        "input/question": [f"Größe {first + index}, or \"what\"?" for index in range(count)],
        "metrics/grade": random.random(count).astype(np.float32),
    }
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    with h5py.File(path, "w", libver=("earliest", "v110"), track_order=True) as file:
        file.attrs["schema"] = "hire-act"
        file.attrs["schema_version"] = 1
        file.attrs["created_utc"] = f"2026-01-0{first + 1}T00:00:00Z"
        scale(file, "/sample", values["sample"])
        scale(file, "/token_3", np.arange(3, dtype=np.int64))
        scale(file, "/channel_4", np.arange(4, dtype=np.int64))
        for name in ["act/encoder/output", "act/encoder/half"]:
            data = file.create_dataset(name, data=values[name], chunks=(1, 3, 4), fletcher32=True)
            data.attrs["hook"] = name[4:].replace("/", ".")
            label(data, ("sample", file["sample"]), ("token", file["token_3"]), ("channel", file["channel_4"]))
        ragged = file.create_dataset("act/language/hidden/values", data=values["act/language/hidden/values"])
        ragged.dims[0].label = "row"
        file.create_dataset("act/language/hidden/offsets", data=offsets)
        file.create_dataset("input/question", data=values["input/question"], dtype=h5py.string_dtype())
        label(file.create_dataset("metrics/grade", data=values["metrics/grade"]), ("sample", file["sample"]))
        label(file.create_dataset("measured/seconds", data=random.random(count)), ("sample", file["sample"]))
        file.attrs["complete"] = 1
    for name, data in values.items():
        store.setdefault(name, []).append(data)
    store.setdefault("act/language/hidden/offsets", []).append(offsets)


def run():
    folder = os.path.join(target, "capture")
    shutil.rmtree(folder, ignore_errors=True)
    random = np.random.default_rng(11)
    store, items, lines = {}, [], []
    for number, stretches in enumerate([[(0, 2), (2, 1)], [(3, 2), (5, 2)]]):
        configuration = {"first": stretches[0][0], "kind": "capture", "model": "none"}
        identity = hashlib.sha256(canonical(configuration).encode()).hexdigest()[:16]
        text = f"samples {stretches[0][0]}-{stretches[-1][0] + stretches[-1][1] - 1}"
        place = f"items/{text.replace(' ', '-')}.{identity}"
        files = {}
        for index, (first, count) in enumerate(stretches):
            name = f"{place}/{index + 1}.h5"
            shard(os.path.join(folder, name), first, count, random, store)
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            files[name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        items.append({
            "id": identity, "label": text, "group": text, "variant": text, "axes": {}, "seed": None,
            "folder": place, "configuration": configuration,
        })
        common = {"item": identity, "label": text, "attempt": 1, "host": "golden", "pid": 7}
        begun, done = f"2026-01-01T00:0{2 * number}:00Z", f"2026-01-01T00:0{2 * number + 1}:00Z"
        lines.append({**common, "seq": len(lines) + 1, "state": "started", "utc": begun})
        lines.append({
            **common, "seq": len(lines) + 1, "state": "done", "utc": done,
            "metrics": {"samples": sum(count for _, count in stretches)}, "measured": {"seconds": 60.0},
            "files": files,
        })
    identity = {"script": None, "numerics": 1, "items": [item["id"] for item in items]}
    manifest = {
        "schema": "hire-study-2", "run_id": hashlib.sha256(canonical(identity).encode()).hexdigest(),
        "kind": "capture", "toolkit": "golden", "numerics": 1, "script": None, "axes": [],
        "description": {"model": "none"}, "items": items,
    }
    manifest["sha256"] = hashlib.sha256(canonical(manifest).encode()).hexdigest()
    with open(os.path.join(folder, "study.json"), "w") as file:
        file.write(pretty(manifest) + "\n")
    os.makedirs(os.path.join(folder, "journal"))
    with open(os.path.join(folder, "journal", "golden-7-1.jsonl"), "w") as file:
        for line in lines:
            text = canonical(line)[:-1]
            file.write(f'{text},"crc32":"{zlib.crc32(text.encode()):08x}"}}\n')
    joined = {}
    for name, parts in store.items():
        if name == "input/question":
            joined[name] = np.array([text for part in parts for text in part])
        elif name.endswith("/offsets"):
            whole = [np.zeros(1, np.int64)]
            for part in parts:
                whole.append(part[1:] + whole[-1][-1])
            joined[name] = np.concatenate(whole)
        else:
            joined[name] = np.concatenate(parts)
    np.savez(os.path.join(target, "expected.npz"), **joined)


os.makedirs(target, exist_ok=True)
statistics()
run()
