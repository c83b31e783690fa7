"""Makes Tests/Goldens/analysis/maps.safetensors: feature maps and what NumPy says about them.

Run by a person: python3 Tests/Goldens/generate/analysis.py (needs numpy and safetensors).
"""

import pathlib

import numpy as np
from safetensors.numpy import save_file

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "analysis"
SEED = 20240611


def rows(map_):
    """[N, C, H, W] as float64 rows of features."""
    return np.moveaxis(map_.astype(np.float64), 1, -1).reshape(-1, map_.shape[1])


def norms(map_, factor=3):
    lengths = np.linalg.norm(rows(map_), axis=1)
    middle = np.median(lengths)
    return [lengths.mean(), lengths.std(), middle, lengths.min(), lengths.max(), (lengths > factor * middle).mean()]


def high_frequency(map_, cutoff):
    energy = np.abs(np.fft.fft2(map_.astype(np.float64))) ** 2
    fy = np.fft.fftfreq(map_.shape[2])[:, None]
    fx = np.fft.fftfreq(map_.shape[3])[None, :]
    size = np.sqrt(fy**2 + fx**2)
    energy[..., 0, 0] = 0
    return energy[..., size > cutoff * 0.5].sum() / energy.sum()


def rank(map_, centred):
    matrix = rows(map_)
    if centred:
        matrix = matrix - matrix.mean(axis=0)
    values = np.linalg.svd(matrix, compute_uv=False)
    share = values / values.sum()
    share = share[share > 0]
    limit = values.max() * max(matrix.shape) * np.finfo(np.float32).eps
    return values, [np.exp(-(share * np.log(share)).sum()), float((values > limit).sum())]


def cosines(a, b):
    a, b = rows(a), rows(b)
    return (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))


def cka(a, b):
    a, b = (x - x.mean(axis=0) for x in (rows(a), rows(b)))
    cross = np.linalg.norm(b.T @ a) ** 2
    return cross / (np.linalg.norm(a.T @ a) * np.linalg.norm(b.T @ b))


def main():
    random = np.random.default_rng(SEED)
    ramp = np.linspace(0, 2, 7, dtype=np.float32)
    maps = {
        "plain": random.standard_normal((2, 5, 6, 7)).astype(np.float32),
        # Smooth, with a mean that is not zero, and one token that sticks out.
        "smooth": (np.sin(ramp) * random.standard_normal((2, 3, 6, 1)) + 2).astype(np.float32),
        # More channels than positions, of rank 4.
        "low": (
            random.standard_normal((40, 4)) @ random.standard_normal((4, 12))
        ).reshape(1, 40, 3, 4).astype(np.float32),
        "prime": random.standard_normal((1, 2, 11, 8)).astype(np.float32),
    }
    maps["smooth"][0, :, 2, 3] *= 9
    maps["other"] = (maps["plain"] * 0.5 + random.standard_normal((2, 5, 6, 7)) * 0.3).astype(np.float32)
    maps["wide"] = random.standard_normal((1, 30, 3, 4)).astype(np.float32)
    result = {f"map.{name}": map_ for name, map_ in maps.items()}
    for name, map_ in maps.items():
        result[f"norms.{name}"] = np.array(norms(map_))
        result[f"high.{name}"] = np.array([high_frequency(map_, cutoff) for cutoff in (0.25, 0.5, 0.9)])
        for centred in (False, True):
            values, ranks = rank(map_, centred)
            key = "centred" if centred else "plain"
            result[f"singular.{key}.{name}"] = values
            result[f"rank.{key}.{name}"] = np.array(ranks)
    result["cosine.plain.other"] = cosines(maps["plain"], maps["other"])
    for first, second in (("plain", "other"), ("plain", "smooth"), ("low", "wide"), ("plain", "plain")):
        result[f"cka.{first}.{second}"] = np.array([cka(maps[first], maps[second])])
    FOLDER.mkdir(exist_ok=True)
    metadata = {"origin": f"numpy {np.__version__}, seed {SEED}, generate/analysis.py"}
    save_file({key: np.ascontiguousarray(value) for key, value in result.items()}, FOLDER / "maps.safetensors", metadata=metadata)


main()
