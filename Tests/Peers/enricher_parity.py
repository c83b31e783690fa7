#!/usr/bin/env python3
"""Compares hire's enrichers with PyTorch's at full size: R = 672, E(i) = 24 x 24 x 1024, random weights and inputs.

Usage: enricher_parity.py PATH-TO-HIRE [VARIANT...] [--resolution R] [--channels C] [--threads N] [--seed S]
                          [--float32]
Variants: those of VARIANTS below (default: hire jbu bicubic). hire computes in float32 and pulls; PyTorch computes in
float64 (minutes; with --float32 a minute, and both sides round) and pushes every channel through all stages. Printed per variant: max |ours - PyTorch's| / max |PyTorch's| of the
output, of its pooled half alone, and of the gradient of E(i) (of the first channels only: channels do not mix, and
PyTorch's graph of all would not fit), and hire's seconds and megabytes. Ends with 1 if a figure is above 1e-4.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time

import torch
from safetensors.torch import load_file, save_file

import enricher_peers
import enrichers

GRID, FEW = 24, 8
VARIANTS = {
    "hire": ("hire", {}),
    "hire-1008": ("hire", {}),
    "hire-b": ("hire", {"widths": [24, 32, 40, 40, 40], "bottleneck": 40, "convolutions": 1, "norm": "none",
                        "upsampling": "transposed"}),
    "hire-c": ("hire", {"widths": [24, 32, 32, 64, 64], "bottleneck": 0, "convolutions": 1, "norm": "none",
                        "upsampling": "projected", "align": 16}),
    "hire-doubling": ("hire", {"grids": "doubling"}),
    "jbu": ("jbu", {}),
    "bicubic": ("bicubic", {}),
    "bilinear": ("bilinear", {}),
    "nearest": ("nearest", {}),
}


def lua(value):
    """A Lua literal."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {lua(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "{" + ", ".join(map(lua, value)) + "}"
    return {True: "true", False: "false"}.get(value, repr(value)) if isinstance(value, (bool, str)) else repr(value)


def randomise(module):
    """Weights as after some training: PyTorch's initial ones, with statistics and scalars that are not neutral."""
    with torch.no_grad():
        for name, value in module.state_dict().items():
            if name.endswith(("running_mean", "range_temp")):
                value.uniform_(-0.3, 0.3)
            elif name.endswith(("running_var", "sigma_spatial")) or (name.endswith("weight") and value.dim() == 1):
                value.uniform_(0.6, 1.4)


def error(ours, theirs):
    difference = (ours.double() - theirs.double()).abs().max() / theirs.abs().max()
    return float(difference) if torch.isfinite(difference) else float("inf")


def measure(options, name):
    identifier, config = VARIANTS[name]
    side = int(name.split("-")[-1]) if name.split("-")[-1].isdigit() else options.resolution
    host = {"channels": options.channels, "grid": GRID, "low": 14 * GRID, "high": side}
    torch.manual_seed(options.seed)
    module = enrichers.make(identifier, host, config)
    randomise(module)
    base, picture = torch.randn(1, options.channels, GRID, GRID), torch.randn(1, 3, side, side)
    cotangent = torch.randn(1, 2 * options.channels, GRID, GRID)
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        save_file({"base": base, "picture": picture, "cotangent": cotangent}, f"{folder}/inputs.safetensors")
        weights = {f"enricher.{key}": value for key, value in module.state_dict().items()}
        save_file(weights or {"none": torch.zeros(1)}, f"{folder}/weights.safetensors")
        subprocess.check_call(
            [options.hire, "run", f"{here}/enricher_parity.lua", "--out", f"{folder}/run", "--threads",
             str(options.threads), "--", folder, str(side), str(options.channels), identifier, lua(config)],
            stdout=subprocess.DEVNULL,
        )
        ours = load_file(f"{folder}/outputs.safetensors")
    forward, backward, peak, full_peak = ours["figures"].tolist()

    dtype = torch.float32 if options.float32 else torch.float64
    module, picture = module.to(dtype).eval(), picture.to(dtype)
    begin = time.perf_counter()
    output = enricher_peers.pushed(module, base.to(dtype), picture)
    few = base[:, :FEW].to(dtype).requires_grad_()
    half = cotangent.to(dtype).split(options.channels, 1)
    pooled = module.pooled(few, picture)
    ((few * half[0][:, :FEW]).sum() + (pooled * half[1][:, :FEW]).sum()).backward()
    seconds = time.perf_counter() - begin
    errors = [
        error(ours["output"], output),
        error(ours["output"][:, options.channels :], output[:, options.channels :]),
        error(ours["gradient"][:, :FEW], few.grad),
    ]
    print(
        f"{name:16}" + "".join(f"{value:12.1e}" for value in errors)
        + f"{forward:11.2f} {backward:11.2f} {peak:9.0f} {full_peak:9.0f} {seconds:11.0f}", flush=True,
    )
    return max(errors)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("hire")
    parser.add_argument("variants", nargs="*", default=["hire", "jbu", "bicubic"])
    parser.add_argument("--resolution", type=int, default=672)
    parser.add_argument("--channels", type=int, default=1024)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--float32", action="store_true")
    options = parser.parse_args()
    for name in options.variants:
        if name not in VARIANTS:
            parser.error(f"unknown variant {name}; known: {', '.join(VARIANTS)}")
    torch.set_num_threads(options.threads)
    print(
        f"{'variant':16}{'output':>12}{'pooled':>12}{'gradient':>12}{'forward s':>11} {'backward s':>11} {'MB':>9} "
        f"{'MB with':>9} {'PyTorch s':>11}"
    )
    worst = max(measure(options, name) for name in options.variants)
    sys.exit(0 if worst <= 1e-4 else 1)


if __name__ == "__main__":
    main()
