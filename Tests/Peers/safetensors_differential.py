"""Reads thousands of damaged safetensors files with this toolkit and with PyPI's safetensors, and compares.

Each file must be accepted by both with equal tensors, or refused by both; what differs on purpose is in EXPECTED.

    python3 Tests/Peers/safetensors_differential.py .build/release/HireFuzz [FILES] [SEED]
"""

import collections
import glob
import hashlib
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

from safetensors import SafetensorError, safe_open
from safetensors import deserialize

# Why one of the two may accept what the other refuses.
EXPECTED = [
    ("ours refuses", "two tensors of one name", lambda ours: "duplicate" in ours or "twice" in ours),
    ("ours refuses", "an unknown field beside dtype, shape and data_offsets", lambda ours: "unknown field" in ours),
    ("ours refuses", "limits of JSON", lambda ours: "nested" in ours or "more than" in ours),
]
SIZES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
         "U8": "uint8", "BOOL": "bool"}


def seeds(tests):
    paths = glob.glob(f"{tests}/Goldens/layers/*.safetensors") + glob.glob(f"{tests}/Goldens/checkpoints/*.safetensors")
    found = [open(path, "rb").read() for path in sorted(paths)]
    return [data for data in found if len(data) < 1 << 16]


def mutated(data, rng):
    """Most changes hit the header, half of them with its length put right."""
    length = struct.unpack("<Q", data[:8])[0]
    header, body = bytearray(data[8:8 + length]), bytearray(data[8 + length:])
    if rng.random() < 0.15:
        whole = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            whole[rng.randrange(len(whole))] = rng.randrange(256)
        return bytes(whole[:rng.randrange(len(whole))] if rng.random() < 0.3 else whole)
    for _ in range(rng.randint(1, 3)):
        kind = rng.randrange(9)
        place = rng.randrange(len(header))
        if kind == 0:
            header[place] = rng.randrange(256)
        elif kind == 1:
            digits = [i for i, b in enumerate(header) if 48 <= b <= 57]
            if digits:
                header[rng.choice(digits)] = rng.choice(b"0123456789")
        elif kind == 2:
            text = rng.choice([b"F32", b"F16", b"BF16", b"I64", b"U8", b"BOOL", b"F64", b"I32"])
            for other in SIZES:
                at = header.find(b'"' + other.encode() + b'"')
                if at >= 0 and rng.random() < 0.3:
                    header[at:at + len(other) + 2] = b'"' + text + b'"'
                    break
        elif kind == 3:
            header[place:place] = rng.choice([b" ", b"\n", b",", b"{", b"}", b"[", b"]", b'"', b"0", b"-", b"1e3"])
        elif kind == 4:
            del header[place:place + rng.randint(1, 4)]
        elif kind == 5:
            header += rng.choice([b" ", b"    ", b"\n", b"\0", b"}"])
        elif kind == 6:
            body = body[:rng.randrange(len(body) + 1)] if body else body
        elif kind == 7:
            body += bytes(rng.randint(1, 9))
        else:
            end = min(len(header), place + rng.randint(1, 40))
            header[place:place] = header[place:end]
    return struct.pack("<Q", len(header)) + bytes(header) + bytes(body)


def theirs(data):
    """A dictionary of tensors, or the error as text."""
    try:
        return {
            name: {
                "dtype": SIZES.get(info["dtype"], info["dtype"]),
                "shape": list(info["shape"]),
                "sha256": hashlib.sha256(bytes(info["data"])).hexdigest(),
            }
            for name, info in deserialize(data)
        }
    except SafetensorError as error:
        return str(error)


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    tests = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
    base = seeds(tests)
    tally, unexpected = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number in range(count):
            path = f"{folder}/{number}.safetensors"
            data = rng.choice(base)
            with open(path, "wb") as file:
                file.write(data if number < len(base) else mutated(data, rng))
            paths.append(path)
        with open(f"{folder}/list", "w") as file:
            file.write("\n".join(paths))
        done = subprocess.run([program, "--judge", f"{folder}/list"], capture_output=True, text=True, check=True)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert [answer["path"] for answer in answers] == paths
        for path, ours in zip(paths, answers):
            other = theirs(open(path, "rb").read())
            if isinstance(other, dict) and "tensors" in ours:
                equal = ours["tensors"] == other
                tally["both accept"] += equal
                if not equal:
                    unexpected.append((path, "tensors differ", ours["tensors"], other))
            elif isinstance(other, str) and "error" in ours:
                tally["both refuse"] += 1
            else:
                side = "ours refuses" if "error" in ours else "theirs refuses"
                text = ours.get("error", "") if side == "ours refuses" else other
                known = next((name for which, name, fits in EXPECTED if which == side and fits(text)), None)
                tally[f"{side}: {known or 'UNEXPECTED'}"] += 1
                if not known:
                    head = open(path, "rb").read()[:200]
                    unexpected.append((path, side, text, head))
    for name, number in sorted(tally.items()):
        print(f"{number:6}  {name}")
    for row in unexpected[:20]:
        print(*row, sep="\n    ")
    print(f"{count} files, {len(unexpected)} unexpected differences")
    return 1 if unexpected else 0


if __name__ == "__main__":
    sys.exit(main())
