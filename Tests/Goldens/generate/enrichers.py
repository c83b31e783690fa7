#!/usr/bin/env python3
"""Makes Tests/Goldens/enrichers/*.safetensors: whole enrichers in PyTorch, forward and backward, one case per file.

Run by a person: python3 Tests/Goldens/generate/enrichers.py (needs torch and safetensors; CPU, one thread).
The modules are those of Tests/Peers/enrichers.py, written from the papers. Everything is computed in float64 from
inputs and parameters that float32 and the dtype they are stored in (bfloat16, or float16 where a case says so) hold
exactly; results are stored as float32, or as float64 where `stored` says so. Dropout is 0.

The metadata's "case" is JSON: enricher, config, host, training. Tensors: `picture` (bytes u that stand for u / 64 - 2),
`base`, `cotangent` (the loss is the sum of output * cotangent), `state.*`, `output`, `gradient.base`, `gradient.*` of the
parameters; `operator` (W(I)) and `sample` (every (7 C)-th element of the high-resolution map) of enrichers that are
linear in the features (not featup with its last convolution), in evaluation; of a case in training, `evaluation` (the output with the stored statistics) and
`after.*` (buffers after the call). For s2 there are `encoder.*`, the weights of a tiny encoder, instead of `base`.
"""
import json
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save
from torch import nn

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Peers"))
import enrichers

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "enrichers"
SEED = 20261126
STEP = 7


def randomised(module, dtype):
    """Numbers that tell scale from shift, exact in a narrow dtype, in a module that computes in float64."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name.endswith("range_temp"):
                parameter.uniform_(-0.3, 0.6)
            elif name.endswith("sigma_spatial"):
                parameter.uniform_(0.6, 1.1)
            elif parameter.dim() == 1:
                # The scale of a norm, or a shift.
                parameter.uniform_(*((0.5, 1.5) if name.endswith("weight") else (-0.4, 0.4)))
            else:
                parameter.uniform_(-1, 1).mul_(1.5 / parameter[0].numel() ** 0.5)
        for name, buffer in module.named_buffers():
            if name.endswith("running_mean"):
                buffer.uniform_(-0.5, 0.5)
            elif name.endswith("running_var"):
                buffer.uniform_(0.4, 1.6)
        for value in list(module.parameters()) + list(module.buffers()):
            if value.is_floating_point():
                value.copy_(value.to(dtype))
    return module.double()


def bytes_of(side, batch):
    return torch.randint(0, 256, (batch, 3, side, side), dtype=torch.uint8)


def exact(*shape):
    """Random numbers that bfloat16 holds exactly."""
    return torch.randn(shape).to(torch.bfloat16).double()


def gradients(tensors, leaves, output):
    cotangent = exact(*output.shape)
    (output * cotangent).sum().backward()
    tensors["cotangent"] = cotangent
    tensors["output"] = output
    for name, leaf in leaves:
        tensors[f"gradient.{name}"] = leaf.grad


def featured(module, host, batch, training):
    """A case of an enricher that gets E and the picture."""
    uses_picture = not isinstance(module, enrichers.Interpolation)
    picture, base = bytes_of(host["high"] if uses_picture else 1, batch), exact(batch, host["channels"], host["grid"], host["grid"])
    tensors = {"picture": picture, "base": base.clone()}
    image = picture.double() / 64 - 2
    module.eval()
    with torch.no_grad():
        # FeatUp's last convolution is affine: W(I) alone does not give the pooled map.
        if isinstance(module, enrichers.Upsampler) and getattr(module, "fixup_proj", None) is None:
            tensors["operator"] = module.operator(host["grid"], image)
            tensors["sample"] = module.high_resolution(base, image).flatten()[:: STEP * host["channels"]]
        if training:
            tensors["evaluation"] = module(base, image)
    module.train(training)
    base.requires_grad_()
    gradients(tensors, [("base", base)] + list(module.named_parameters()), module(base, image))
    if training:
        tensors |= {f"after.{name}": buffer for name, buffer in module.named_buffers()}
    return tensors


def looking_again(module, host, batch):
    """A case of s2: the encoder is a strided convolution and tanh; prefix tokens are scaled means of the others."""
    channels, patch = host["channels"], host["low"] // host["grid"]
    encoder = {"weight": exact(channels, 3, patch, patch) / 4, "bias": exact(channels), "prefix": exact(module.prefix, channels)}
    tensors = {f"encoder.{name}": value.clone() for name, value in encoder.items()}
    for value in encoder.values():
        value.requires_grad_()

    def encode(pictures):
        tokens = torch.tanh(F.conv2d(pictures, encoder["weight"], encoder["bias"], stride=patch))
        tokens = tokens.flatten(2).transpose(1, 2)
        prefix = tokens.mean(1, keepdim=True) * encoder["prefix"]
        return torch.cat([prefix, tokens], 1) if module.prefix else tokens

    tensors["picture"] = bytes_of(host["high"], batch)
    leaves = [(f"encoder.{name}", value) for name, value in encoder.items() if name != "prefix" or module.prefix]
    gradients(tensors, leaves, module(tensors["picture"].double() / 64 - 2, encode))
    return tensors


def case(name, enricher, config, high, grid, channels=6, batch=1, low=None, training=False, stored="float32",
         weights="bfloat16", prefix=0, seed=0, **fixed):
    torch.manual_seed(SEED + seed)
    host = {"channels": channels, "grid": grid, "low": low or 4 * grid, "high": high}
    module = enrichers.make(enricher, host, config)
    if prefix:
        module.prefix = prefix
    randomised(module, getattr(torch, weights))
    with torch.no_grad():
        for key, value in fixed.items():
            dict(module.named_parameters())[key.replace("__", ".")].fill_(value)
    state = {f"state.{key}": value.clone() for key, value in module.state_dict().items()}
    tensors = looking_again(module, host, batch) if enricher == "s2" else featured(module, host, batch, training)
    kept = {}
    for key, value in (state | tensors).items():
        value = value.detach().clone().contiguous()
        if key.startswith("state.") and value.is_floating_point():
            value = value.to(getattr(torch, weights))
        elif key in ("base", "cotangent") or key.startswith("encoder."):
            value = value.to(torch.bfloat16)
        elif value.dtype == torch.float64:
            assert value.isfinite().all(), (name, key)
            value = value.to(getattr(torch, stored))
        kept[key] = value
    record = {"enricher": enricher, "config": config, "host": host, "training": training, "prefix": prefix}
    metadata = {"torch": torch.__version__, "seed": str(SEED + seed), "generator": "generate/enrichers.py",
                "step": str(STEP), "case": json.dumps(record, separators=(",", ":"))}
    data = ordered(save(kept, metadata=metadata))
    (FOLDER / f"{name}.safetensors").write_bytes(data)
    print(f"{name}: {len(kept)} tensors, {len(data)} bytes")
    return len(data)


def ordered(data):
    """Safetensors bytes with the header's keys in order, so that equal numbers give equal files."""
    length = int.from_bytes(data[:8], "little")
    header = json.dumps(json.loads(data[8 : 8 + length]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data[8 + length :]


# Configurations A, B and C of the paper's cost table in small; the real ones have more channels and R = 672.
A = {"widths": [4, 6, 6, 6, 6], "bottleneck": 6, "key_size": 5, "radius": 1, "dropout": 0}
B = {"widths": [5, 6, 8], "bottleneck": 8, "convolutions": 1, "norm": "none", "upsampling": "transposed",
     "align": 8, "key_size": 4, "radius": 2, "dropout": 0}
C = {"widths": [5, 6, 7, 8, 8], "bottleneck": 0, "convolutions": 1, "norm": "none", "upsampling": "projected",
     "align": 16, "key_size": 4, "radius": 1, "dropout": 0}

CASES = [
    ("hire-a", "hire", A, dict(high=64, grid=4, channels=8, batch=2, training=True)),
    # The real radius and key size, and a picture that has to be brought to a multiple of 32 (70 -> 96).
    ("hire-radius-3", "hire", {"widths": [5], "bottleneck": 4, "norm": "none", "convolutions": 1, "key_size": 32,
                               "dropout": 0}, dict(high=70, grid=7)),
    # Statistics as stored, levels without a stage, a picture that stays as it is, windows that overlap.
    ("hire-finest", "hire", A | {"widths": [4, 6, 8], "finest": 1, "align": 16, "radius": 2},
     dict(high=80, grid=7, weights="float16")),
    ("hire-float64", "hire", A | {"widths": [4, 5, 6], "align": 8, "key_size": 1, "finest": 2, "radius": 3},
     dict(high=40, grid=5, batch=2, training=True, stored="float64")),
    ("hire-b", "hire", B, dict(high=40, grid=6, batch=2)),
    ("jbu", "jbu", {"stages": 3, "key_size": 8, "radius": 2, "dropout": 0}, dict(high=48, grid=4, batch=2, weights="float32")),
    # Adaptive pooling with unequal windows, a temperature at the lower clamp, where no gradient passes.
    ("jbu-clamped", "jbu", {"stages": 2, "finest": 1, "key_size": 5, "radius": 1, "dropout": 0},
     dict(high=70, grid=7, stored="float64", stages__0__range_temp=-10.0)),
    ("bicubic", "bicubic", {}, dict(high=64, grid=5, batch=2)),
    ("bicubic-float64", "bicubic", {}, dict(high=70, grid=7, stored="float64")),
    ("bilinear", "bilinear", {}, dict(high=70, grid=6, stored="float64")),
    ("nearest", "nearest", {}, dict(high=64, grid=6, batch=2)),
    # Patches of 14 (averaged down; in evaluation, since the gradient of a bias in front of a
    # batch norm that trains is nothing but rounding), of 8 (as it is) with the high view, of 16 (maxima).
    ("lift-14", "lift", {}, dict(high=60, low=56, grid=4, batch=2, channels=4)),
    ("lift-8-twice", "lift", {"view": "high", "applications": 2}, dict(high=32, low=16, grid=4, channels=4)),
    # The stages' sides double: averaged down (20, 40 -> 12, 24), grown (8, 16 -> 10, 20).
    ("hire-doubling", "hire", B | {"widths": [4, 6], "decoder_widths": [5, 7], "upsampling": "bilinear", "radius": 1,
                                   "grids": "doubling"}, dict(high=38, grid=6)),
    ("hire-doubling-grown", "hire", A | {"widths": [3, 4], "bottleneck": 5, "align": 8, "grids": "doubling"},
     dict(high=16, grid=5, batch=2)),
    ("hire-c", "hire", C, dict(high=80, grid=5)),
    ("hire-c-finest", "hire", C | {"widths": [4, 5, 6], "decoder_widths": [3, 7], "align": 4, "finest": 1,
                                   "upsampling": "transposed"}, dict(high=36, grid=6, batch=2)),
    ("hire-without-fixup", "hire", A | {"widths": [3, 4], "bottleneck": 5, "fixup": False, "radius": 3, "key_size": 8},
     dict(high=32, grid=6, batch=2, training=True)),
    ("jbu-doubling", "jbu", {"stages": 2, "key_size": 5, "radius": 2, "fixup": False, "dropout": 0,
                             "grids": "doubling"}, dict(high=70, grid=6)),
    ("featup", "featup", {"stages": 3, "key_size": 5, "radius": 1, "dropout": 0, "final_dropout": 0},
     dict(high=70, grid=5, batch=2)),
    ("featup-without-last", "featup", {"stages": 1, "key_size": 5, "radius": 2, "dropout": 0, "final_fixup": False},
     dict(high=64, grid=5)),
    ("s2-larger", "s2", {"scales": [16, 32, 64], "resize_output_to": 32, "tiles_at_once": 3, "upsample": True},
     dict(high=48, low=16, grid=4, batch=2, prefix=1)),
    ("s2", "s2", {}, dict(high=32, low=16, grid=4, batch=2)),
    ("s2-prefix", "s2", {"scales": [48, 16, 32]}, dict(high=48, low=16, grid=4, batch=2, prefix=2, stored="float64")),
]


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    total = sum(
        case(name, enricher, config, seed=seed, **options)
        for seed, (name, enricher, config, options) in enumerate(CASES)
    )
    print(f"{total} bytes")


if __name__ == "__main__":
    main()
