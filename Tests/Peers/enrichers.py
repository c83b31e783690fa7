"""Enrichers in PyTorch, written from the papers and public code they come from; state-dict names are hire's.

Every enricher turns base features E [N, C, h, w] and a normalised square picture I [N, 3, R, R] into [E, pool(x_en)],
[N, 2C, h, w]. `make` builds one from hire's identifier and options. Only arithmetic that is easy to check against the
definitions is used here; what a user in a hurry would write is in enricher_peers.py.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def shifts(padded, side, height, width):
    """The side x side shifted views of a padded map, rows outermost."""
    for row in range(side):
        for column in range(side):
            yield padded[:, :, row : row + height, column : column + width]


def adaptive_conv(source, kernel, radius):
    """Bicubic resize to the kernel's grid, reflect padding, and one kernel per pixel, the same for all channels.

    source [N, C, h, w], kernel [N, (2r+1)^2, H, W]; out[c, y, x] = sum_ij kernel[ij, y, x] * padded[c, y + i, x + j].
    """
    height, width = kernel.shape[2:]
    resized = F.interpolate(source, size=(height, width), mode="bicubic", align_corners=False)
    padded = F.pad(resized, (radius,) * 4, mode="reflect")
    taps = shifts(padded, 2 * radius + 1, height, width)
    return sum(kernel[:, p : p + 1] * tap for p, tap in enumerate(taps))


def pointwise_mlp(inputs, hidden, outputs, dropout):
    return nn.Sequential(
        nn.Conv2d(inputs, hidden, 1), nn.GELU(), nn.Dropout2d(dropout), nn.Conv2d(hidden, outputs, 1)
    )


class JBULearnedRange(nn.Module):
    """FeatUp's joint bilateral upsampling with a learned range kernel; the grid is the guidance's."""

    def __init__(self, guidance, key=32, radius=3, dropout=0.1, fixup=True):
        super().__init__()
        self.radius = radius
        taps = (2 * radius + 1) ** 2
        self.range_temp = nn.Parameter(torch.tensor(0.0))
        self.sigma_spatial = nn.Parameter(torch.tensor(1.0))
        self.range_proj = pointwise_mlp(guidance, key, key, dropout)
        self.fixup_proj = pointwise_mlp(guidance + taps, taps, taps, dropout) if fixup else None

    def spatial_kernel(self):
        """exp(-(x^2 + y^2) / (2 sigma^2)) on [-1, 1]^2: [1, taps, 1, 1]."""
        line = torch.linspace(-1, 1, 2 * self.radius + 1, dtype=self.sigma_spatial.dtype)
        squares = line[:, None] ** 2 + line[None, :] ** 2
        return torch.exp(-squares / (2 * self.sigma_spatial**2)).reshape(1, -1, 1, 1)

    def range_kernel(self, guidance):
        """softmax over the neighbours of tau * <key of the neighbour, key of the pixel>: [N, taps, H, W]."""
        height, width = guidance.shape[2:]
        key = self.range_proj(guidance)
        padded = F.pad(key, (self.radius,) * 4, mode="reflect")
        neighbours = shifts(padded, 2 * self.radius + 1, height, width)
        logits = torch.stack([(neighbour * key).sum(1) for neighbour in neighbours], 1)
        return torch.softmax(self.range_temp.exp().clamp(1e-4, 1e4) * logits, 1)

    def normalised_kernel(self, guidance):
        kernel = self.range_kernel(guidance) * self.spatial_kernel()
        return kernel / kernel.sum(1, keepdim=True).clamp_min(1e-7)

    def kernel(self, guidance):
        kernel = self.normalised_kernel(guidance)
        if self.fixup_proj is None:
            return kernel
        return kernel + 0.1 * self.fixup_proj(torch.cat([kernel, guidance], 1))

    def forward(self, source, guidance):
        return adaptive_conv(source, self.kernel(guidance), self.radius)


class GuidanceUNet(nn.Module):
    """U: guidance maps of a picture, coarse to fine, at R/2^k for the levels k that are not below `finest`.

    With a bottleneck every level is followed by a pooling (configurations A and B of five levels reach R/32); without
    one (configuration C) the coarsest level is itself the first guidance map. The decoder's widths, finest first, mirror
    the encoder's unless given. `upsampling` is "bilinear", "transposed" (2x2 transposed convolution to the decoder's width)
    or "projected" (bilinear, then 1x1 convolution to the decoder's width).
    """

    def __init__(self, widths, bottleneck, decoder_widths=(), finest=0, convolutions=2, norm="batch",
                 upsampling="bilinear"):
        super().__init__()
        self.upsampling = upsampling

        def block(inputs, outputs):
            layers = []
            for _ in range(convolutions):
                layers.append(nn.Conv2d(inputs, outputs, 3, padding=1, bias=norm == "none"))
                if norm == "batch":
                    layers.append(nn.BatchNorm2d(outputs))
                layers.append(nn.ReLU())
                inputs = outputs
            return nn.Sequential(*layers)

        self.encoder = nn.ModuleList(block(a, b) for a, b in zip([3] + widths[:-1], widths))
        self.bottleneck = block(widths[-1], bottleneck) if bottleneck else None
        skips = widths if bottleneck else widths[:-1]
        decoded = list(decoder_widths) or skips
        levels = list(reversed(list(zip(skips, decoded))[finest:]))
        channels = bottleneck or widths[-1]
        self.guidance_widths = ([] if bottleneck else [channels]) + [width for _, width in levels]
        decoder, doublings, projections = [], [], []
        for skip, width in levels:
            if upsampling == "transposed":
                doublings.append(nn.ConvTranspose2d(channels, width, 2, stride=2))
            elif upsampling == "projected":
                projections.append(nn.Conv2d(channels, width, 1))
            raised = channels if upsampling == "bilinear" else width
            decoder.append(block(raised + skip, width))
            channels = width
        self.decoder = nn.ModuleList(decoder)
        self.doublings, self.projections = nn.ModuleList(doublings), nn.ModuleList(projections)

    def raised(self, x, step):
        if self.upsampling == "transposed":
            return self.doublings[step](x)
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return self.projections[step](x) if self.projections else x

    def forward(self, x):
        skips = []
        for level in self.encoder:
            if skips:
                x = F.max_pool2d(x, 2)
            x = level(x)
            skips.append(x)
        if self.bottleneck is None:
            skips.pop()
            maps = [x]
        else:
            x = self.bottleneck(F.max_pool2d(x, 2))
            maps = []
        for step, level in enumerate(self.decoder):
            x = level(torch.cat([self.raised(x, step), skips.pop()], 1))
            maps.append(x)
        return maps


class Upsampler(nn.Module):
    """An enricher whose high-resolution map is linear in E: [E, pool(upsampled(E, I))]."""

    def upsampled(self, base, image):
        raise NotImplementedError

    def high_resolution(self, base, image):
        return self.upsampled(base, image)

    def pooled(self, base, image):
        return F.adaptive_avg_pool2d(self.high_resolution(base, image), base.shape[2:])

    def forward(self, base, image):
        return torch.cat([base, self.pooled(base, image)], 1)

    def operator(self, grid, image):
        """W(I) [N, tokens, tokens] with pool(upsampled(E, I)) = W E, column by column from unit maps."""
        tokens = grid * grid
        unit = torch.eye(tokens, dtype=image.dtype).reshape(1, tokens, grid, grid)
        pushed = self.upsampled(unit.expand(image.shape[0], -1, -1, -1), image)
        return F.adaptive_avg_pool2d(pushed, grid).flatten(2).transpose(1, 2)


class JBUStack(Upsampler):
    """Stages onto the grids of their guidance maps; subclasses say what guides them."""

    def __init__(self, guidance_widths, key_size=32, radius=3, dropout=0.1, fixup=True):
        super().__init__()
        self.add_stages(JBULearnedRange(width, key_size, radius, dropout, fixup) for width in guidance_widths)

    def add_stages(self, stages):
        self.stages = nn.ModuleList(stages)

    def guidance(self, image):
        raise NotImplementedError

    def upsampled(self, base, image):
        for stage, guidance in zip(self.stages, self.guidance(image)):
            base = stage(base, guidance)
        return base


def doubled(host, stages):
    """The sides h * 2, h * 4, ... of the paper's words (48, 96, ... 768 from 24)."""
    return [host["grid"] << k for k in range(1, stages + 1)]


class Hire(JBUStack):
    """The paper's enricher: stages guided by a UNet over the picture, whose side is first brought to a multiple.

    The grids are the UNet's own; with grids="doubling" its maps are brought to the doubled sides, by averages where they
    shrink, bilinearly where they grow.
    """

    def __init__(self, host, widths=(12, 32, 32, 32, 32), decoder_widths=(), finest=0, bottleneck=32, convolutions=2,
                 norm="batch", upsampling="bilinear", align=32, grids="unet", **stages):
        unet = GuidanceUNet(list(widths), bottleneck, decoder_widths, finest, convolutions, norm, upsampling)
        super().__init__(unet.guidance_widths, **stages)
        self.unet = unet
        multiple = math.lcm(align, 2 ** (len(widths) if bottleneck else len(widths) - 1))
        self.side = -(-host["high"] // multiple) * multiple
        self.grids = doubled(host, len(self.stages)) if grids == "doubling" else None

    def guidance(self, image):
        if image.shape[2] != self.side:
            image = F.interpolate(image, size=(self.side, self.side), mode="bicubic", align_corners=False)
        maps = self.unet(image)
        if self.grids is None:
            return maps
        return [
            F.adaptive_avg_pool2d(map, side)
            if side <= map.shape[2]
            else F.interpolate(map, size=(side, side), mode="bilinear", align_corners=False)
            for map, side in zip(maps, self.grids)
        ]


class JBU(JBUStack):
    """The ablation without a UNet: the picture itself, average-pooled to each stage's grid, guides the stages."""

    def __init__(self, host, stages=5, finest=0, grids="unet", **options):
        super().__init__([3] * stages, **options)
        own = [host["high"] >> k for k in reversed(range(finest, finest + stages))]
        self.grids = doubled(host, stages) if grids == "doubling" else own

    def guidance(self, image):
        return [F.adaptive_avg_pool2d(image, grid) for grid in self.grids]


class FeatUp(JBU):
    """FeatUp's JBUStack: stages that double the grid, guided by the pooled picture, and a 1x1 convolution at the end."""

    def __init__(self, host, stages=4, final_fixup=True, final_dropout=0.2, **options):
        super().__init__(host, stages, grids="doubling", **options)
        channels = host["channels"]
        self.fixup_proj = (
            nn.Sequential(nn.Dropout2d(final_dropout), nn.Conv2d(channels, channels, 1)) if final_fixup else None
        )

    def add_stages(self, stages):
        self.names = []
        for number, stage in enumerate(stages, 1):
            self.names.append(f"up{number}")
            self.add_module(self.names[-1], stage)

    @property
    def stages(self):
        return [getattr(self, name) for name in self.names]

    def high_resolution(self, base, image):
        x = self.upsampled(base, image)
        return x if self.fixup_proj is None else x + 0.1 * self.fixup_proj(x)


class Interpolation(Upsampler):
    """A resize to the picture's side, without parameters."""

    def __init__(self, host, mode):
        super().__init__()
        self.side, self.mode = host["high"], mode

    def upsampled(self, base, image):
        aligned = {} if self.mode == "nearest" else {"align_corners": False}
        return F.interpolate(base, size=(self.side, self.side), mode=self.mode, **aligned)


class LiFT(nn.Module):
    """LiFT: doublings of the features by a small network with an image branch (not linear in E).

    The image branch is a quarter of the picture; the public code takes it as it is for patches of 8 and its maxima for
    patches of 16. For others it is averaged down to twice the features' grid, or grows bilinearly.
    """

    WIDTH = 32

    def __init__(self, host, view="low", applications=1):
        super().__init__()
        self.side = host[view]
        self.applications = applications
        channels, width = host["channels"], self.WIDTH
        middle, half = (channels + width) // 2, channels // 2

        def down(inputs):
            return [nn.Conv2d(inputs, width, 3, stride=2, padding=1), nn.BatchNorm2d(width), nn.ReLU()]

        def same(inputs):
            return [nn.Conv2d(inputs, half, 3, padding=1, bias=False), nn.BatchNorm2d(half), nn.ReLU()]

        self.image_convs_1 = nn.Sequential(*down(3), *down(width))
        self.image_convs_2 = nn.Sequential(*down(width))
        self.up1 = nn.Module()
        self.up1.up = nn.ConvTranspose2d(channels + width, middle, 2, stride=2)
        self.up1.conv_1 = nn.Module()
        self.up1.conv_1.double_conv = nn.Sequential(*same(middle + width), *same(half))
        self.outc = nn.Conv2d(half, channels, 1)

    def adapted(self, x, side):
        if x.shape[2] == side:
            return x
        if x.shape[2] == 2 * side:
            return F.max_pool2d(x, 2)
        if x.shape[2] > side:
            return F.adaptive_avg_pool2d(x, side)
        return F.interpolate(x, size=(side, side), mode="bilinear", align_corners=False)

    def once(self, base, picture):
        fine = self.adapted(self.image_convs_1(picture), 2 * base.shape[2])
        x = self.up1.up(torch.cat([base, self.image_convs_2(fine)], 1))
        return self.outc(self.up1.conv_1.double_conv(torch.cat([x, fine], 1)))

    def forward(self, base, image):
        picture = image
        if image.shape[2] != self.side:
            picture = F.interpolate(image, size=(self.side, self.side), mode="bicubic", align_corners=False)
        x = base
        for application in range(self.applications):
            if application:
                picture = F.interpolate(picture, scale_factor=2, mode="bilinear", align_corners=False)
            x = self.once(x, picture)
        return torch.cat([base, F.adaptive_avg_pool2d(x, base.shape[2:])], 1)


class S2(nn.Module):
    """Scaling on Scales: the encoder sees the picture at several sizes, tile by tile; channels side by side.

    `encode` maps pictures [M, 3, low, low] to tokens [M, prefix + h*h, C]; so does the whole, with C for each scale.
    """

    def __init__(self, host, scales=(), resize_output_to=0, tiles_at_once=0, upsample=False, prefix=0):
        super().__init__()
        self.sizes = sorted(scales) or [host["low"], host["high"]]
        self.resize_output_to = resize_output_to or self.sizes[0]
        self.tiles_at_once = tiles_at_once
        self.prefix = prefix

    def at_scale(self, size, image, encode):
        n, low = image.shape[0], self.sizes[0]
        picture = F.interpolate(image, size=(size, size), mode="bicubic", align_corners=False)
        splits = size // low
        # The number of a tile (row-major) is the slow axis of the batch.
        tiles = picture.reshape(n, 3, splits, low, splits, low).permute(2, 4, 0, 1, 3, 5)
        tiles = tiles.reshape(-1, 3, low, low)
        tokens = torch.cat([encode(part) for part in tiles.split(self.tiles_at_once * n or len(tiles))])
        prefix, tokens = tokens[:, : self.prefix], tokens[:, self.prefix :]
        side = round(tokens.shape[1] ** 0.5)
        maps = tokens.reshape(splits, splits, n, side, side, -1).permute(2, 5, 0, 3, 1, 4)
        maps = maps.reshape(n, -1, splits * side, splits * side)
        return prefix.unflatten(0, (splits * splits, n)).mean(0), maps

    def forward(self, image, encode):
        seen = [self.at_scale(size, image, encode) for size in self.sizes]
        grid = seen[self.sizes.index(self.resize_output_to)][1].shape[2:]
        maps = [F.interpolate(map, size=grid, mode="area") for _, map in seen]
        tokens = torch.cat(maps, 1).flatten(2).transpose(1, 2)
        return torch.cat([torch.cat([prefix for prefix, _ in seen], 2), tokens], 1)


def make(identifier, host, options):
    """An enricher by hire's identifier; `host` has "channels", "grid", "low" and "high" (sides)."""
    if identifier in ("bicubic", "bilinear", "nearest"):
        return Interpolation(host, identifier)
    kinds = {"hire": Hire, "jbu": JBU, "featup": FeatUp, "lift": LiFT, "s2": S2}
    return kinds[identifier](host, **options)
