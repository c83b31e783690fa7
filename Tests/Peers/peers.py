#!/usr/bin/env python3
"""The work of `hire bench` in PyTorch, under the same names; prints JSON per name:
{"median": seconds, "fastest": seconds, "peak_bytes": of the process so far}.

Usage: peers.py [--threads N] [--seconds S] [--resolution R] [NAME...]
The names `enricher-*` (one picture of R pixels, E(i) of 24 x 24 x 1024; see enricher_peers.py) run only where they are
asked for: they take minutes.
"""
import argparse
import json
import resource
import statistics
import time

import torch
import torch.nn.functional as F

import enricher_peers
import enrichers
import quickstart
import transformer_peers
import unet_peer


def gemm(m, k, n):
    a, b = torch.randn(m, k), torch.randn(k, n)
    return lambda: a @ b


def conv2d(train):
    x, w = torch.randn(16, 16, 64, 64), torch.randn(16, 16, 3, 3) * 0.1
    if not train:
        return lambda: F.conv2d(x, w, padding=1)
    x.requires_grad_()
    w.requires_grad_()

    def run():
        F.conv2d(x, w, padding=1).sum().backward()
        x.grad = w.grad = None

    return run


def attention():
    q, k, v = (torch.randn(1, 16, 577, 64) for _ in range(3))
    return lambda: F.scaled_dot_product_attention(q, k, v)


def jbu_stage():
    stage = enrichers.JBULearnedRange(32).eval()
    guidance = torch.randn(1, 32, 168, 168)

    def run():
        with torch.no_grad():
            stage.kernel(guidance)

    return run


def pulled_small():
    """W by sending the 16 unit maps of a 4x4 grid through the stages: what a PyTorch user would write."""
    kernels = [torch.rand(16, 9, s, s) * (2 / 9) for s in (16, 32)]
    for k in kernels:
        k.requires_grad_()
    unit = torch.eye(16).reshape(1, 16, 4, 4)

    def run():
        f = unit.expand(16, 16, 4, 4)
        for k in kernels:
            f = enrichers.adaptive_conv(f, k, 1)
        w = F.adaptive_avg_pool2d(f, 4).flatten(2).transpose(1, 2)
        w.square().sum().backward()
        for k in kernels:
            k.grad = None

    return run


BENCHMARKS = {
    "gemm": lambda: gemm(1024, 1024, 1024),
    "gemm-mlp": lambda: gemm(577, 1024, 4096),
    "gemm-small": lambda: gemm(1440, 64, 128),
    "conv2d": lambda: conv2d(False),
    "conv2d-train": lambda: conv2d(True),
    "attention": attention,
    "jbu-stage": jbu_stage,
    "pulled-operator-small": pulled_small,
    "training-step": lambda: quickstart.training_step("hire"),
    "training-step-none": lambda: quickstart.training_step("none"),
    **transformer_peers.BENCHMARKS,
    **unet_peer.BENCHMARKS,
}


def measure(make, seconds, fewest=5):
    """Seconds per run, and the process's peak memory so far in bytes."""
    torch.manual_seed(0)
    run = make()
    for _ in range(2 if fewest > 1 else 0):
        run()
    times, start = [], time.perf_counter()
    while len(times) < fewest or time.perf_counter() - start < seconds:
        begin = time.perf_counter()
        run()
        times.append(time.perf_counter() - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"median": statistics.median(times), "fastest": min(times), "peak_bytes": peak}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--resolution", type=int, default=672)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.list:
        print(json.dumps(list(BENCHMARKS)))
        return
    slow = enricher_peers.benchmarks(options.resolution)
    known = BENCHMARKS | slow
    torch.set_num_threads(options.threads)
    unknown = [n for n in options.names if n not in known]
    if unknown:
        parser.error(f"unknown {', '.join(unknown)}; known: {', '.join(known)}")
    names = options.names or list(BENCHMARKS)
    print(json.dumps({n: measure(known[n], options.seconds, 1 if n in slow else 5) for n in names}))


if __name__ == "__main__":
    main()
