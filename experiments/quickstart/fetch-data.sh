#!/usr/bin/env bash
# Fetches the PyPI package easy-vqa (MIT) and unpacks its pictures and questions to data/easy-vqa.
# Never fails: without the data the experiment says so and runs on drawn shapes.
set -u
python=${1:-python3}
sudo=${2:-}
target=data/easy-vqa
[ -f "$target/.complete" ] && exit 0
echo "== Fetching easy-VQA"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! "$python" -m pip --version >/dev/null 2>&1; then
    $sudo apt-get install -y -qq python3-pip >/dev/null 2>&1
    python=python3
fi
if "$python" -m pip download -q --disable-pip-version-check --no-deps -d "$scratch" easy-vqa==1.0 &&
    "$python" -m zipfile -e "$scratch"/easy_vqa-1.0-py3-none-any.whl "$scratch/unpacked"; then
    mkdir -p data && rm -rf "$target" && mv "$scratch/unpacked/easy_vqa/data" "$target" &&
        touch "$target/.complete" && echo "   unpacked to $target"
else
    echo "   easy-VQA could not be fetched; the quickstart will use drawn shapes instead."
fi
exit 0
