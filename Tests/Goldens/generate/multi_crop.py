"""Makes Tests/Goldens/multi_crop: what anyres and dragonfly give for pictures that are not square.

Usage: multi_crop.py

The encoder is a fixed one: means of 7x7 patches of a 28x28 crop, then a linear map to 5 channels; its class token is
a linear map of the crop's mean. Pictures are cut by Pillow, and for anyres by transformers' LLaVA-NeXT processor too.
"""

import pathlib

import numpy as np
import PIL
import torch
import transformers
from PIL import Image
from safetensors.torch import save_file
from transformers.models.llava_next.image_processing_pil_llava_next import LlavaNextImageProcessorPil

FOLDER = pathlib.Path(__file__).parent.parent / "multi_crop"
SEED = 20240611
SIDE, PATCH, CHANNELS, HIDDEN = 28, 7, 5, 6
MEAN = np.array([0.48145466, 0.4578275, 0.40821073], dtype="f4")
DEVIATION = np.array([0.26862954, 0.26130258, 0.27577711], dtype="f4")
# Pillow 13 resamples the columns of some tall pictures first, earlier ones never do; these agree whatever the version.
SIZES = [(90, 50), (26, 100), (140, 36)]
RANDOM = np.random.default_rng(SEED)


def photograph(width, height):
    """Light that falls off, soft shapes, one hard edge and a little noise."""
    y, x = np.mgrid[0:height, 0:width]
    layers = []
    for channel in range(3):
        light = 150 * np.exp(-((x - width * 0.3) ** 2 + (y - height * 0.4) ** 2) / (width * height / (2 + channel)))
        waves = 60 * np.sin(x / (7 + channel)) * np.cos(y / (9 - channel))
        layers.append(70 + light + waves)
    picture = np.stack(layers, -1) + RANDOM.normal(0, 6, (height, width, 3))
    picture[height // 2:height // 2 + height // 6, width // 4:, 1] += 90
    return Image.fromarray(np.clip(picture, 0, 255).astype("u1"))


def normalised(crop):
    values = (np.asarray(crop) * (1 / 255)).astype("f4")
    return torch.from_numpy((values - MEAN) / DEVIATION).permute(2, 0, 1)


def best(picture, layouts):
    """The layout (columns, rows) that keeps most pixels and, of those, wastes fewest."""
    def merit(layout):
        width, height = layout[0] * SIDE, layout[1] * SIDE
        scale = min(width / picture.width, height / picture.height)
        kept = min(int(picture.width * scale) * int(picture.height * scale), picture.width * picture.height)
        return kept, kept - width * height
    return max(layouts, key=merit)


def stretched(picture, layout):
    """Crops of the picture resized without regard to aspect, row by row."""
    columns, rows = layout
    sheet = picture.resize((columns * SIDE, rows * SIDE))
    return torch.stack([
        normalised(sheet.crop((x * SIDE, y * SIDE, (x + 1) * SIDE, (y + 1) * SIDE)))
        for y in range(rows) for x in range(columns)])


class Encoder:
    def __init__(self):
        def weight(*shape):
            return torch.from_numpy(RANDOM.normal(0, 0.6, shape).astype("f4"))
        self.weights = {
            "patch.weight": weight(CHANNELS, 3), "patch.bias": weight(CHANNELS), "class.weight": weight(CHANNELS, 3),
            "projector.weight": weight(HIDDEN, CHANNELS), "projector.bias": weight(HIDDEN)}

    def __call__(self, crops):
        """[n, 3, 28, 28] to class tokens [n, 1, C] and maps [n, C, 4, 4]."""
        means = torch.nn.functional.avg_pool2d(crops, PATCH)
        maps = torch.einsum("oc,nchw->nohw", self.weights["patch.weight"], means)
        maps = maps + self.weights["patch.bias"][:, None, None]
        return (means.mean((2, 3)) @ self.weights["class.weight"].T)[:, None], maps

    def project(self, tokens):
        return torch.nn.functional.gelu(
            torch.nn.functional.linear(tokens, self.weights["projector.weight"], self.weights["projector.bias"]))


def tokens(maps):
    return maps.flatten(2).transpose(1, 2)


def anyres(encoder, picture):
    """Crop by crop, each map averaged to 3x3; and the map of all crops row by row."""
    sizes = [(2, 2), (4, 1), (1, 4)]
    processor = LlavaNextImageProcessorPil(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE},
        image_grid_pinpoints=[[rows * SIDE, columns * SIDE] for columns, rows in sizes])
    pixels = torch.as_tensor(np.asarray(processor(picture, return_tensors="pt")["pixel_values"]))[0]
    _, maps = encoder(pixels[1:].float())
    pooled = torch.nn.functional.adaptive_avg_pool2d(maps, 3)
    columns, rows = best(picture, sizes)
    merged = pooled.reshape(rows, columns, CHANNELS, 3, 3).permute(2, 0, 3, 1, 4).reshape(1, CHANNELS, 3 * rows, -1)
    return {"pixels": pixels.float(), "flat": tokens(pooled).reshape(-1, CHANNELS), "spatial": tokens(merged)[0]}


def dragonfly(encoder, picture, version):
    layout = best(picture, [(2, 2), (1, 4), (4, 1)])
    if version == 2:
        high = (3 * layout[0], 3 * layout[1])
    else:
        high = best(picture, [(6, 4), (4, 6), (3, 8), (8, 3), (2, 12), (12, 2)])
    parts = []
    for crops in (stretched(picture, layout), stretched(picture, high)):
        front, maps = encoder(crops)
        pooled = torch.nn.functional.avg_pool2d(maps, 4) if version == 2 else maps
        parts.append(torch.cat([front, tokens(pooled)], 1))
    if version == 2:
        return {"v2": torch.cat(parts).reshape(-1, CHANNELS)}
    middle, queries = (encoder.project(part).mean(1) for part in parts)
    scores = queries @ middle.T
    chosen = sorted(
        6 * index + int(place) for index in range(4)
        for place in torch.topk(scores[6 * index:6 * index + 6, index], 3).indices)
    kept = torch.cat([parts[0], parts[1][chosen]])
    return {"v1": kept.reshape(-1, CHANNELS), "v1.chosen": torch.tensor(chosen, dtype=torch.int32)}


def main():
    torch.set_num_threads(1)
    FOLDER.mkdir(exist_ok=True)
    encoder = Encoder()
    arrays = {f"encoder.{name}": value for name, value in encoder.weights.items()}
    for index, size in enumerate(SIZES):
        picture = photograph(*size)
        picture.save(FOLDER / f"{index}.png", optimize=True)
        found = anyres(encoder, picture) | dragonfly(encoder, picture, 1) | dragonfly(encoder, picture, 2)
        if index > 0:
            del found["pixels"]
        arrays |= {f"{index}.{name}": value.contiguous() for name, value in found.items()}
        print(size, best(picture, [(2, 2), (1, 4), (4, 1)]), found["v1.chosen"].tolist())
    save_file(arrays, FOLDER / "golden.safetensors", metadata={
        "torch": torch.__version__, "pillow": PIL.__version__, "transformers": transformers.__version__,
        "seed": str(SEED)})


main()
