"""Makes the pictures of Tests/Goldens/images and the bytes that Pillow gives for them.

Usage: images.py [folder]

manifest.json lists every case and records the versions. Expected bytes are raw RGB rows (.rgb) or raw
little-endian float32 (.f32), so that comparing needs no decoder.
"""

import io
import json
import os
import struct
import sys
import zlib

import numpy as np
import PIL
from PIL import Image, features

FOLDER = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "..", "images")
CASES = []
RANDOM = np.random.default_rng(20240607)


def save(name, data):
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(data)


def pattern(width, height, channels):
    """Smooth waves with noise on top: edges, gradients and both ends of the range."""
    y, x = np.mgrid[0:height, 0:width]
    layers = [127 + 150 * np.sin(x / (3 + c) + y / (5 - c) + c) for c in range(channels)]
    noisy = np.stack(layers, -1) + RANDOM.normal(0, 25, (height, width, channels))
    return np.clip(noisy, 0, 255).astype("u1")


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack_rows(samples, bits):
    """Rows of samples [height, width, channels] with filter 0 and the given bits per sample."""
    rows = b""
    for row in samples.reshape(samples.shape[0], -1):
        if bits == 16:
            packed = row.astype(">u2").tobytes()
        elif bits == 8:
            packed = row.astype("u1").tobytes()
        else:
            text = "".join(format(int(v), f"0{bits}b") for v in row)
            text += "0" * (-len(text) % 8)
            packed = bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))
        rows += b"\0" + packed
    return rows


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, bits, color_type, extra=b"", interlaced=False):
    height, width = samples.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, int(interlaced))
    if interlaced:
        passes = [samples[y0::dy, x0::dx] for x0, y0, dx, dy in ADAM7]
        rows = b"".join(pack_rows(p, bits) for p in passes if p.size)
    else:
        rows = pack_rows(samples, bits)
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def decode_case(name, data):
    image = Image.open(io.BytesIO(data)).convert("RGB")
    save(name, data)
    save(name + ".rgb", image.tobytes())
    CASES.append({"kind": "decode", "file": name, "width": image.width, "height": image.height})


def png_cases():
    shape = (11, 13)
    for bits in (1, 2, 4, 8, 16):
        gray = RANDOM.integers(0, 2**bits, shape + (1,))
        if bits == 16:
            gray[0, :4, 0] = [0, 255, 256, 65535]
        decode_case(f"gray{bits}.png", png(gray, bits, 0))
    palette = RANDOM.integers(0, 256, (16, 3)).astype("u1")
    for bits in (1, 2, 4, 8):
        index = RANDOM.integers(0, min(16, 2**bits), shape + (1,))
        plte = chunk(b"PLTE", palette[:2**bits].tobytes())
        decode_case(f"palette{bits}.png", png(index, bits, 3, plte))
        if bits == 4:
            alpha = chunk(b"tRNS", bytes(range(0, 240, 16)))
            decode_case("palette4-transparent.png", png(index, bits, 3, plte + alpha))
    for bits in (8, 16):
        for channels, color_type, name in [(2, 4, "gray-alpha"), (3, 2, "rgb"), (4, 6, "rgba")]:
            samples = RANDOM.integers(0, 2**bits, shape + (channels,))
            decode_case(f"{name}{bits}.png", png(samples, bits, color_type))
    rgb = RANDOM.integers(0, 256, shape + (3,))
    decode_case("rgb8-gamma.png", png(rgb, 8, 2, chunk(b"gAMA", struct.pack(">I", 100000))))
    decode_case("rgb8-key.png", png(rgb, 8, 2, chunk(b"tRNS", struct.pack(">HHH", *rgb[2, 3]))))
    decode_case("rgb8-interlaced.png", png(rgb, 8, 2, interlaced=True))
    decode_case("gray16-interlaced.png", png(RANDOM.integers(0, 600, shape + (1,)), 16, 0, interlaced=True))
    decode_case("gray1-interlaced.png", png(RANDOM.integers(0, 2, shape + (1,)), 1, 0, interlaced=True))


def jpeg_cases():
    color = Image.fromarray(pattern(37, 29, 3))
    for name, options in {
        "444": {"subsampling": 0}, "422": {"subsampling": 1}, "420": {"subsampling": 2},
        "420-progressive": {"subsampling": 2, "progressive": True}, "440-poor": {"quality": 20},
    }.items():
        buffer = io.BytesIO()
        color.save(buffer, "JPEG", **{"quality": 85, **options})
        decode_case(f"color-{name}.jpg", buffer.getvalue())
    for mode, channels in [("L", 1), ("CMYK", 4)]:
        buffer = io.BytesIO()
        data = pattern(21, 18, channels)
        Image.fromarray(data[..., 0] if channels == 1 else data, mode).save(buffer, "JPEG", quality=90)
        decode_case(f"{mode.lower()}.jpg", buffer.getvalue())
    from PIL import ImageOps
    for orientation in range(1, 9):
        buffer = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = orientation
        color.crop((0, 0, 12, 9)).save(buffer, "JPEG", quality=90, exif=exif)
        name = f"orientation-{orientation}.jpg"
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(buffer.getvalue()))).convert("RGB")
        save(name, buffer.getvalue())
        save(name + ".rgb", image.tobytes())
        CASES.append({"kind": "orientation", "file": name, "width": image.width, "height": image.height})


def webp_cases():
    """Encoded by Pillow, sizes odd so that chroma is cut; the animation's second frame must not show."""
    for mode, channels in [("RGB", 3), ("RGBA", 4)]:
        data = pattern(37, 29, channels)
        if channels == 4:
            data[:6, :6, 3] = 0
        image = Image.fromarray(data, mode)
        cases = {"lossy": {"quality": 75}, "poor": {"quality": 5}, "lossless": {"lossless": True},
                 "exact": {"lossless": True, "exact": True}}
        for name, options in cases.items():
            buffer = io.BytesIO()
            image.save(buffer, "WEBP", **options)
            decode_case(f"{name}-{mode.lower()}.webp", buffer.getvalue())
    buffer = io.BytesIO()
    Image.fromarray(pattern(16, 16, 1)[..., 0], "L").save(buffer, "WEBP", quality=80)
    decode_case("gray.webp", buffer.getvalue())
    frames = [Image.fromarray(pattern(19, 23, 4)) for _ in range(3)]
    for name, options in {"lossy": {"quality": 60}, "lossless": {"lossless": True}}.items():
        buffer = io.BytesIO()
        frames[0].save(buffer, "WEBP", save_all=True, append_images=frames[1:], duration=50, **options)
        decode_case(f"animation-{name}.webp", buffer.getvalue())


def other_orientation_cases():
    from PIL import ImageOps
    color = Image.fromarray(pattern(12, 9, 3))
    for kind, ending in [("PNG", "png"), ("WEBP", "webp")]:
        for orientation in (3, 6):
            buffer = io.BytesIO()
            exif = Image.Exif()
            exif[0x0112] = orientation
            color.save(buffer, kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {}))
            name = f"orientation-{orientation}.{ending}"
            image = ImageOps.exif_transpose(Image.open(io.BytesIO(buffer.getvalue()))).convert("RGB")
            save(name, buffer.getvalue())
            save(name + ".rgb", image.tobytes())
            CASES.append({"kind": "orientation", "file": name, "width": image.width, "height": image.height})


def resize_cases():
    source = pattern(41, 31, 3)
    source[5:9, 5:30] = 255
    source[9:13, 5:30] = 0
    save("resize.rgb", source.tobytes())
    image = Image.fromarray(source)
    filters = {
        "nearest": Image.NEAREST, "box": Image.BOX, "bilinear": Image.BILINEAR,
        "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS,
    }
    for name, kind in filters.items():
        for width, height in [(24, 24), (59, 43), (41, 7), (10, 31), (1, 1), (82, 31), (3, 50)]:
            file = f"resize-{name}-{width}x{height}.rgb"
            save(file, image.resize((width, height), kind).tobytes())
            CASES.append({"kind": "resize", "file": file, "filter": name, "width": width, "height": height})


def normalise_case():
    """As Hugging Face's CLIPImageProcessor: times 1/255 in double, then float32."""
    mean = np.array([0.48145466, 0.4578275, 0.40821073], dtype="f4")
    deviation = np.array([0.26862954, 0.26130258, 0.27577711], dtype="f4")
    values = (np.arange(256, dtype="u1")[:, None].repeat(3, 1) * (1 / 255)).astype("f4")
    save("normalised-clip.f32", ((values - mean) / deviation).T.astype("<f4").tobytes())
    CASES.append({"kind": "normalise", "file": "normalised-clip.f32", "width": 256, "height": 1})


def main():
    os.makedirs(FOLDER, exist_ok=True)
    png_cases()
    jpeg_cases()
    resize_cases()
    normalise_case()
    webp_cases()
    other_orientation_cases()
    manifest = {
        "pillow": PIL.__version__, "numpy": np.__version__,
        "libjpeg_turbo": features.version("libjpeg_turbo"), "libwebp": features.version("webp"), "seed": 20240607, "cases": CASES,
    }
    with open(os.path.join(FOLDER, "manifest.json"), "w") as file:
        json.dump(manifest, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
