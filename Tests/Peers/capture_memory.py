"""Memory of a capture by the number of its samples: peak resident bytes of `hire run` with few and with many.

    python3 Tests/Peers/capture_memory.py HIRE FOLDER

The slope is what a recorded sample leaves behind: both runs load the same task, whose questions stay in memory.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys

FEW, MANY, ROUNDS = 1000, 5000, 3
SCRIPT = """
local hire = require "hire"
local samples = {samples}
local task = hire.task.load {{ id = "shapes", train_images = 4, test_images = {images}, size = 32 }}
local model = hire.pipeline.build({{
  preprocessing = {{ high_resolution = 32, low_resolution = 16 }},
  encoder = {{ id = "small-vit", resolution = 16, patch = 4, width = 16, layers = 2, heads = 2 }},
  enricher = {{ id = "jbu", stages = 2 }},
  language_model = {{ id = "small-llama", width = 32, layers = 2, heads = 4, kv_heads = 2, hidden = 32 }},
}}, {{ task = task, seed = 1 }})
local _, run = hire.study.capture {{
  pipeline = model, task = task, samples = samples, shard_bytes = 1048576,
  capture = {{ "encoder.layers.*.output", "language_model.model.layers.1.output" }},
  folder = "{folder}",
}}
assert(run.samples == samples)
"""


def peak(hire, folder, samples):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    script = folder / "capture.lua"
    script.write_text(SCRIPT.format(samples=samples, images=MANY, folder=folder / "features"))
    child = subprocess.Popen([hire, "run", str(script)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    assert status == 0, status
    written = sum(path.stat().st_size for path in folder.rglob("*.h5"))
    shutil.rmtree(folder)
    return usage.ru_maxrss * 1024, written


def main():
    hire, folder = sys.argv[1], pathlib.Path(sys.argv[2]).absolute() / "capture-memory"
    slopes = []
    for _ in range(ROUNDS):
        (few, _), (many, written) = peak(hire, folder, FEW), peak(hire, folder, MANY)
        slopes.append((many - few) / (MANY - FEW))
        print(f"{few / 2**20:.1f} MiB with {FEW} samples, {many / 2**20:.1f} MiB with {MANY} ({written / 2**20:.0f} MiB of files): "
              f"{slopes[-1]:.0f} bytes per sample")
    print(f"median: {statistics.median(slopes):.0f} bytes per sample")


main()
