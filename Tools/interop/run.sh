#!/usr/bin/env bash
# Loads what the program writes with stock readers: every layer's Keras archive and ONNX file, and the artifacts of a small training run.
#
#   Tools/interop/run.sh PYTHON BUILD_FOLDER       (after `swift test --scratch-path BUILD_FOLDER`)
#
# The run's models are barely trained: what counts here is that other programs compute the same numbers from the files.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$1
build=$2
export KERAS_BACKEND=jax

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

echo "interop: Keras files of every layer, in every format, in stock Keras"
DWCP_INTEROP_FOLDER="$folder/layers" swift test --configuration release --scratch-path "$build" --skip-build \
    --filter KerasInteropTests > "$folder/layers.log" 2>&1 || { cat "$folder/layers.log" >&2; exit 1; }
"$python" Tools/interop/keras_check.py "$folder/layers"

echo "interop: a forest in stock scikit-learn and ONNX Runtime, every row to the bit"
DWCP_INTEROP_FOLDER="$folder/forest" swift test --configuration release --scratch-path "$build" --skip-build \
    --filter ForestInteropTests > "$folder/forest.log" 2>&1 || { cat "$folder/forest.log" >&2; exit 1; }
"$python" Tools/interop/forest_check.py "$folder/forest"

echo "interop: ONNX files of every layer in ONNX Runtime"
DWCP_INTEROP_FOLDER="$folder/operators" swift test --configuration release --scratch-path "$build" --skip-build \
    --filter OnnxInteropTests > "$folder/operators.log" 2>&1 || { cat "$folder/operators.log" >&2; exit 1; }
"$python" Tools/interop/onnx_check.py "$folder/operators"

echo "interop: artifacts of a small training run in stock Keras and ONNX Runtime"
dwcp=$build/release/dwcp
"$dwcp" generate --output "$folder/data.csv" --incidents "$folder/incidents.json" --samples 12000 > /dev/null
status=0
"$dwcp" train-all --data-path "$folder/data.csv" --incidents-path "$folder/incidents.json" --output-dir "$folder/run" \
    --reports-dir "$folder/reports" --epochs 1 --quiet > "$folder/run.log" 2>&1 || status=$?
# 1: one epoch meets no target, as it should be. Anything else is a failure.
[ "$status" -le 1 ] || { cat "$folder/run.log" >&2; exit "$status"; }
"$python" Tools/interop/keras_check.py "$folder/run"
"$python" Tools/interop/onnx_check.py "$folder/run"
