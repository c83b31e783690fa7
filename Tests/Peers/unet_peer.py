"""The UNet that guides the default `hire` enricher, forward and in training; see peers.py."""
import torch
import torch.nn.functional as F
from torch import nn

WIDTHS, BOTTLENECK, SIDE = (12, 32, 32, 32, 32), 32, 672


def block(inputs, outputs):
    layers = []
    for channels in (inputs, outputs):
        layers += [nn.Conv2d(channels, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers)


class GuidanceUNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.ModuleList(block(a, b) for a, b in zip((3,) + WIDTHS[:-1], WIDTHS))
        self.bottleneck = block(WIDTHS[-1], BOTTLENECK)
        decoder, channels = [], BOTTLENECK
        for width in reversed(WIDTHS):
            decoder.append(block(channels + width, width))
            channels = width
        self.decoder = nn.ModuleList(decoder)

    def forward(self, x):
        skips = []
        for layer in self.encoder:
            skips.append(layer(x))
            x = F.max_pool2d(skips[-1], 2)
        x = self.bottleneck(x)
        maps = []
        for layer, skip in zip(self.decoder, reversed(skips)):
            x = F.interpolate(x, size=skip.shape[2:], mode="bilinear", align_corners=False)
            x = layer(torch.cat([x, skip], 1))
            maps.append(x)
        return maps


def unet(train):
    model, picture = GuidanceUNet().train(train), torch.randn(1, 3, SIDE, SIDE)
    if not train:

        def run():
            with torch.no_grad():
                model(picture)

        return run

    def run_training():
        sum(x.sum() for x in model(picture)).backward()
        model.zero_grad()

    return run_training


BENCHMARKS = {"unet": lambda: unet(False), "unet-train": lambda: unet(True)}
