#!/usr/bin/env bash
# Makes every golden file anew and reads our HDF5 sample with h5py. Usage: all.sh [PYTHON]
# The Python needs the packages of requirements.txt beside this file. `git diff` then shows what changed.
set -euo pipefail
python=${1:-python3}
here=$(dirname "$0")
if ! "$python" -c "import torch, numpy, PIL, h5py, safetensors, transformers, tokenizers, sentencepiece, peft" 2>/dev/null; then
    echo "Missing Python packages: $python -m pip install -r $here/requirements.txt" >&2
    exit 69
fi
# The tokenizers come before the folders that hold them.
for script in analysis images layers ops enrichers multi_crop tokenizer_files generation language vision checkpoints llava runs; do
    echo "-- $script"
    "$python" "$here/$script.py"
done
echo "-- numbers for Tests/HireReferenceTests/PyTorchGoldenTests.swift"
"$python" "$here/reference_kernels.py"
echo "-- our HDF5 sample, read by h5py"
"$python" "$here/check_h5py.py"
if [ -x "$here/../../../.build/debug/hire" ]; then
    echo "-- our exports and merged files, read by NumPy, safetensors and h5py"
    "$python" "$here/check_runs.py" "$here/../../../.build/debug/hire"
fi
