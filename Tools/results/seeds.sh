#!/usr/bin/env bash
# Trains all four models on the reference scenario of each given simulator seed, one run after the other.
#
#   Tools/results/seeds.sh FOLDER SEED…        then: python3 Tools/results/table.py FOLDER SEED…
set -u
cd "$(dirname "$0")/../.."
dwcp=.build/release/dwcp
folder=$1
shift
mkdir -p "$folder"
for seed in "$@"; do
    "$dwcp" generate --output "$folder/$seed.csv" --incidents "$folder/$seed.json" --samples 100000 --seed "$seed" > /dev/null
    "$dwcp" train-all --data-path "$folder/$seed.csv" --incidents-path "$folder/$seed.json" \
        --output-dir "$folder/c$seed" --reports-dir "$folder/r$seed" --seed 42
done
