#!/usr/bin/env bash
# Fetches five photographs out of the PyPI packages scikit-image and scikit-learn (25 MB) into data/photos.
# Nothing is installed. Never fails: without them the experiment says so and draws its own pictures.
set -u
python=${1:-python3}
sudo=${2:-}
target=data/photos
[ -f "$target/.complete" ] && exit 0
echo "== Fetching photographs"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! "$python" -m pip --version >/dev/null 2>&1; then
    $sudo apt-get install -y -qq python3-pip >/dev/null 2>&1
    python=python3
fi
# The packages are only unpacked, so one build of them serves every machine and version of Python.
if "$python" -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: -d "$scratch" \
    --python-version 3.11 --platform manylinux2014_x86_64 scikit-image==0.25.2 scikit-learn==1.7.2 &&
    for wheel in "$scratch"/*.whl; do "$python" -m zipfile -e "$wheel" "$scratch/unpacked" || exit 1; done; then
    rm -rf "$target" && mkdir -p "$target" &&
        cp "$scratch"/unpacked/skimage/data/{astronaut.png,chelsea.png,coffee.png} \
            "$scratch"/unpacked/sklearn/datasets/images/{china.jpg,flower.jpg} "$target" &&
        cat >"$target/LICENCES.txt" <<'TEXT' && touch "$target/.complete" && echo "   unpacked to $target"
astronaut.png  NASA, public domain                                    from scikit-image 0.25.2
chelsea.png    Stefan van der Walt, CC0                               from scikit-image 0.25.2
coffee.png     Rachel Michetti, CC0                                   from scikit-image 0.25.2
china.jpg      danielbuechele (Flickr 6061409035), CC BY 2.0          from scikit-learn 1.7.2
flower.jpg     vultilion (Flickr 6056698931), CC BY 2.0               from scikit-learn 1.7.2
TEXT
fi
[ -f "$target/.complete" ] ||
    echo "   The photographs could not be fetched (no network?); experiments/enrichers will draw its own pictures."
exit 0
