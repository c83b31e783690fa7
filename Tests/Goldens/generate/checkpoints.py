"""Makes the PyTorch files of Tests/Goldens/checkpoints, and a safetensors file with what PyTorch reads from each.

Usage: checkpoints.py [folder]

Each NAME.bin is what torch.save wrote; NAME.safetensors holds the same tensors, contiguous, under the names that
TorchCheckpoint gives them, with the versions and the seed in its metadata. int16 and int8, which this toolkit does not
read, are in the .bin only.
"""

import collections
import json
import os
import sys

import torch
from safetensors.torch import save_file

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", "checkpoints")
SEED = 20240611


def flat(value, name=""):
    """Tensors by the dotted keys that lead to them."""
    if isinstance(value, torch.Tensor):
        return {name: value.detach()}
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, (list, tuple)):
        items = enumerate(value)
    else:
        return {}
    result = {}
    for key, item in items:
        result.update(flat(item, f"{name}.{key}" if name else str(key)))
    return result


def save(name, value, **options):
    torch.save(value, os.path.join(FOLDER, name + ".bin"), **options)
    write_expected(name, value)


def write_expected(name, value):
    tensors = {key: tensor.contiguous().clone() for key, tensor in flat(value).items()
               if tensor.dtype not in (torch.int16, torch.int8)}
    metadata = {"torch": torch.__version__, "seed": str(SEED)}
    save_file(tensors, os.path.join(FOLDER, name + ".safetensors"), metadata)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    torch.manual_seed(SEED)
    state = collections.OrderedDict()
    for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
        state[str(dtype).split(".")[1]] = torch.randn(3, 5).to(dtype)
    for dtype in (torch.int64, torch.int32, torch.int16, torch.int8):
        state[str(dtype).split(".")[1]] = torch.randint(-100, 100, (7,)).to(dtype)
    state["uint8"] = torch.randint(0, 256, (2, 3), dtype=torch.uint8)
    state["bool"] = torch.tensor([[True, False], [False, True]])
    state["scalar"] = torch.tensor(2.5)
    state["empty"] = torch.zeros(0, 4)
    state["special"] = torch.tensor([float("nan"), float("inf"), -0.0, 1e-45])
    state._metadata = {"": {"version": 1}}
    save("types", state)

    base = torch.randn(6, 4, 5)
    save("views", {
        "whole": base, "transposed": base.permute(2, 0, 1), "rows": base[1:4], "columns": base[:, 1:3, ::2],
        "same": base, "expanded": base[0, 0, :1].expand(3, 4), "last": base.view(-1)[-1],
        "parameter": torch.nn.Parameter(base[2]), "half": base.half().t() if base.dim() == 2 else base.half().mT,
    })

    module = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 2))
    save("nested", {
        "state_dict": module.state_dict(), "epoch": 3, "rate": 0.1, "size": base.shape, "name": "ü", "flag": True,
        "nothing": None, "big": 1 << 40, "history": [torch.ones(2), {"x": torch.zeros(1)}], "hyper": (1, "a"),
        "optimizer": {"state": {0: {"step": torch.tensor(5.0)}}, "param_groups": [{"lr": 0.1, "params": [0]}]},
    })
    save("protocol4", module.state_dict(), pickle_protocol=4)
    torch.save(module.state_dict(), os.path.join(FOLDER, "legacy.bin"), _use_new_zipfile_serialization=False)
    torch.save(module, os.path.join(FOLDER, "module.bin"))

    tensors = {f"layer.{i}.weight": torch.randn(4, 4).to(torch.bfloat16) for i in range(4)}
    tensors["tied"] = tensors["layer.0.weight"]
    names = list(tensors)
    shards = {"pytorch_model-00001-of-00002.bin": names[:2] + ["tied"], "pytorch_model-00002-of-00002.bin": names[2:4]}
    folder = os.path.join(FOLDER, "sharded")
    os.makedirs(folder, exist_ok=True)
    for file, keys in shards.items():
        torch.save({key: tensors[key] for key in keys}, os.path.join(folder, file))
    index = {"metadata": {"total_size": 4 * 32}, "weight_map": {key: file for file in shards for key in shards[file]}}
    with open(os.path.join(folder, "pytorch_model.bin.index.json"), "w") as file:
        json.dump(index, file, indent=1)
        file.write("\n")
    write_expected("sharded", tensors)


if __name__ == "__main__":
    main()
