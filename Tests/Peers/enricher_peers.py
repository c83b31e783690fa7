"""Enrichers at real size as well as a PyTorch user on a CPU can write them, for `peers.py` and `enricher_parity.py`.

`pushed` is the whole of a joint bilateral enricher without a copy of C channels at the picture's resolution: kernels
once per stage, then a few channels at a time through all stages and into the pooling, one shifted multiply-add per tap.
"""
import torch
import torch.nn.functional as F

import enrichers

# Channels and rows that are worked on together: accumulator, taps and kernels of a band stay in the cache.
CHANNELS, ROWS = 16, 32


def push(source, kernel, radius):
    """`enrichers.adaptive_conv` with one accumulator instead of a temporary per tap, a band of rows at a time."""
    height, width = kernel.shape[2:]
    resized = F.interpolate(source, size=(height, width), mode="bicubic", align_corners=False)
    padded = F.pad(resized, (radius,) * 4, mode="reflect")
    out = torch.zeros_like(resized)
    for top in range(0, height, ROWS):
        band = out[:, :, top : top + ROWS]
        rows = band.shape[2]
        taps = enrichers.shifts(padded[:, :, top:], 2 * radius + 1, rows, width)
        for p, tap in enumerate(taps):
            band.addcmul_(tap, kernel[:, p : p + 1, top : top + rows])
    return out


@torch.inference_mode()
def pushed(enricher, base, image, chunk=CHANNELS):
    """[E, pool(x_en)] of a `JBUStack`, or of an interpolation, a few channels at a time."""
    bilateral = isinstance(enricher, enrichers.JBUStack)
    if bilateral:
        kernels = [stage.kernel(guidance) for stage, guidance in zip(enricher.stages, enricher.guidance(image))]
    pooled = torch.empty_like(base)
    for first in range(0, base.shape[1], chunk):
        maps = base[:, first : first + chunk]
        if bilateral:
            for stage, kernel in zip(enricher.stages, kernels):
                maps = push(maps, kernel, stage.radius)
        else:
            maps = enricher.upsampled(maps, image)
        pooled[:, first : first + chunk] = F.adaptive_avg_pool2d(maps, base.shape[2:])
    return torch.cat([base, pooled], 1)


def enricher(identifier, resolution, options=None, channels=1024, grid=24):
    """One forward pass at LLaVA-1.5's size: E(i) is 24 x 24 x 1024, the picture `resolution` pixels wide."""
    host = {"channels": channels, "grid": grid, "low": 14 * grid, "high": resolution}
    module = enrichers.make(identifier, host, options or {}).eval()
    base, image = torch.randn(1, channels, grid, grid), torch.randn(1, 3, resolution, resolution)
    return lambda: pushed(module, base, image)


def benchmarks(resolution):
    """Name to a function that prepares the work, as in `peers.py`."""
    return {f"enricher-{name}": lambda name=name: enricher(name, resolution) for name in ("hire", "jbu", "bicubic")}
