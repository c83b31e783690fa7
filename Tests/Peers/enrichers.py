"""Enrichers in PyTorch, written from the papers and public code they come from; state-dict names are hire's.

Every enricher turns base features E [N, C, h, w] and a normalised square picture I [N, 3, R, R] into [E, pool(x_en)],
[N, 2C, h, w]. `make` builds one from hire's identifier and options. Only arithmetic that is easy to check against the
definitions is used here; what a user in a hurry would write is in enricher_peers.py.
"""
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
    one (configuration C) the coarsest level is itself the first guidance map. `upsampling` is "bilinear",
    "transposed" (2x2 transposed convolution to the decoder's width) or "bilinear_conv" (bilinear, then 1x1 convolution
    to the decoder's width).
    """

    def __init__(self, widths, bottleneck, finest=0, convolutions=2, norm="batch", upsampling="bilinear"):
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
        self.guidance_widths = list(reversed(widths[finest:]))
        decoder, doublings = [], []
        channels = bottleneck or widths[-1]
        for width in self.guidance_widths if bottleneck else self.guidance_widths[1:]:
            if upsampling == "transposed":
                doublings.append(nn.ConvTranspose2d(channels, width, 2, stride=2))
            elif upsampling == "bilinear_conv":
                doublings.append(nn.Conv2d(channels, width, 1))
            raised = channels if upsampling == "bilinear" else width
            decoder.append(block(raised + width, width))
            channels = width
        self.decoder, self.doublings = nn.ModuleList(decoder), nn.ModuleList(doublings)

    def raised(self, x, step):
        if self.upsampling == "transposed":
            return self.doublings[step](x)
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        return self.doublings[step](x) if self.upsampling == "bilinear_conv" else x

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
        self.stages = nn.ModuleList(
            JBULearnedRange(width, key_size, radius, dropout, fixup) for width in guidance_widths
        )

    def guidance(self, image):
        raise NotImplementedError

    def upsampled(self, base, image):
        for stage, guidance in zip(self.stages, self.guidance(image)):
            base = stage(base, guidance)
        return base


class Hire(JBUStack):
    """The paper's enricher: stages guided by a UNet over the picture, whose side is first brought to a multiple.

    With `doubling` the grids are those of the paper's words, h -> 2h -> 4h ..., instead of the UNet's R/2^k.
    """

    def __init__(self, host, widths=(12, 32, 32, 32, 32), finest=0, bottleneck=32, convolutions=2, norm="batch",
                 upsampling="bilinear", align=32, doubling=False, **stages):
        unet = GuidanceUNet(list(widths), bottleneck, finest, convolutions, norm, upsampling)
        super().__init__(unet.guidance_widths, **stages)
        self.unet = unet
        poolings = len(widths) if bottleneck else len(widths) - 1
        align = max(align, 2**poolings)
        self.side = (host["high"] + align - 1) // align * align
        self.doubling = host["grid"] * 2 ** len(widths) if doubling else None

    def guidance(self, image):
        side = self.doubling or self.side
        if image.shape[2] != side:
            image = F.interpolate(image, size=(side, side), mode="bicubic", align_corners=False)
        return self.unet(image)


class JBU(JBUStack):
    """The ablation without a UNet: the picture itself, average-pooled to each stage's grid, guides the stages."""

    def __init__(self, host, stages=5, finest=0, **options):
        super().__init__([3] * stages, **options)
        self.grids = [host["high"] >> k for k in reversed(range(finest, finest + stages))]

    def guidance(self, image):
        return [F.adaptive_avg_pool2d(image, grid) for grid in self.grids]


class FeatUp(JBUStack):
    """FeatUp's JBUStack: stages that double the grid, guided by the pooled picture, and a 1x1 convolution at the end."""

    def __init__(self, host, stages=4, **options):
        super().__init__([3] * stages, **options)
        self.grids = [host["grid"] << k for k in range(1, stages + 1)]
        self.fixup_proj = nn.Sequential(nn.Dropout2d(0.2), nn.Conv2d(host["channels"], host["channels"], 1))

    def guidance(self, image):
        return [F.adaptive_avg_pool2d(image, grid) for grid in self.grids]

    def high_resolution(self, base, image):
        x = self.upsampled(base, image)
        return x + 0.1 * self.fixup_proj(x)


class Interpolation(Upsampler):
    """A resize to the picture's side, without parameters."""

    def __init__(self, host, mode):
        super().__init__()
        self.side, self.mode = host["high"], mode

    def upsampled(self, base, image):
        aligned = {} if self.mode == "nearest" else {"align_corners": False}
        return F.interpolate(base, size=(self.side, self.side), mode=self.mode, **aligned)


class LiFT(Upsampler):
    """LiFT: one doubling of the features with a small image branch (not linear in E)."""

    WIDTH = 32

    def __init__(self, host):
        super().__init__()
        channels, width = host["channels"], self.WIDTH
        middle = (channels + width) // 2

        def down(inputs):
            return [nn.Conv2d(inputs, width, 3, stride=2, padding=1), nn.BatchNorm2d(width), nn.ReLU()]

        self.image_convs_1 = nn.Sequential(*down(3), *down(width))
        self.image_convs_2 = nn.Sequential(*down(width))
        self.up = nn.ConvTranspose2d(channels + width, middle, 2, stride=2)
        half = channels // 2
        convolutions = []
        for inputs in (middle + width, half):
            convolutions += [nn.Conv2d(inputs, half, 3, padding=1, bias=False), nn.BatchNorm2d(half), nn.ReLU()]
        self.conv = nn.Sequential(*convolutions)
        self.outc = nn.Conv2d(half, channels, 1)

    def upsampled(self, base, image):
        doubled = (2 * base.shape[2], 2 * base.shape[3])
        fine = F.adaptive_avg_pool2d(self.image_convs_1(image), doubled)
        coarse = self.image_convs_2(fine)
        x = self.up(torch.cat([base, coarse], 1))
        return self.outc(self.conv(torch.cat([x, fine], 1)))


class S2(nn.Module):
    """Scaling on Scales: the encoder sees the picture at several sizes, tile by tile; channels side by side.

    `encode` maps pictures [M, 3, low, low] to tokens [M, prefix + h*h, C]; so does the whole, with C for each scale.
    """

    def __init__(self, host, scales=(), prefix=0):
        super().__init__()
        self.sizes = sorted(scales) or [host["low"], host["high"]]
        self.prefix = prefix

    def at_scale(self, size, image, encode):
        n, low = image.shape[0], self.sizes[0]
        picture = F.interpolate(image, size=(size, size), mode="bicubic", align_corners=False)
        splits = size // low
        # The number of a tile (row-major) is the slow axis of the batch.
        tiles = picture.reshape(n, 3, splits, low, splits, low).permute(2, 4, 0, 1, 3, 5)
        tokens = encode(tiles.reshape(-1, 3, low, low))
        prefix, tokens = tokens[:, : self.prefix], tokens[:, self.prefix :]
        side = round(tokens.shape[1] ** 0.5)
        maps = tokens.reshape(splits, splits, n, side, side, -1).permute(2, 5, 0, 3, 1, 4)
        maps = maps.reshape(n, -1, splits * side, splits * side)
        return prefix.unflatten(0, (splits * splits, n)).mean(0), maps

    def forward(self, image, encode):
        seen = [self.at_scale(size, image, encode) for size in self.sizes]
        grid = seen[0][1].shape[2:]
        maps = [F.interpolate(map, size=grid, mode="area") for _, map in seen]
        tokens = torch.cat(maps, 1).flatten(2).transpose(1, 2)
        return torch.cat([torch.cat([prefix for prefix, _ in seen], 2), tokens], 1)


def make(identifier, host, options):
    """An enricher by hire's identifier; `host` has "channels", "grid", "low" and "high" (sides)."""
    if identifier in ("bicubic", "bilinear", "nearest"):
        return Interpolation(host, identifier)
    kinds = {"hire": Hire, "jbu": JBU, "featup": FeatUp, "lift": LiFT, "s2": S2}
    return kinds[identifier](host, **options)
