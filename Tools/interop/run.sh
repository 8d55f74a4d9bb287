#!/usr/bin/env bash
# Other programs and this one on the same files, both ways: what the program writes in stock Keras, ONNX Runtime and scikit-learn;
# what stock Keras 3 and Keras 2 write in this program; and the artifacts of a small training run.
#
#   Tools/interop/run.sh PYTHON BUILD_FOLDER       (after `swift test --scratch-path BUILD_FOLDER`)
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$1
build=$2
dwcp=$build/release/dwcp
export KERAS_BACKEND=jax TF_CPP_MIN_LOG_LEVEL=3 CUDA_VISIBLE_DEVICES=

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Runs a command and shows what it said only if it failed with more than the given exit code.
quietly() {
    local most=$1 status=0
    shift
    "$@" > "$folder/log" 2>&1 || status=$?
    [ "$status" -le "$most" ] || { cat "$folder/log" >&2; exit "$status"; }
}

# Lets a test suite write its files, with inputs and expected outputs, into a folder.
written_by() {
    DWCP_INTEROP_FOLDER="$folder/$2" quietly 0 swift test --configuration release --scratch-path "$build" --skip-build --filter "$1"
}

echo "interop: our files of every layer, in every format, in stock Keras 3 and Keras 2"
written_by KerasInteropTests layers
"$python" Tools/interop/keras_check.py "$folder/layers"
"$python" Tools/interop/keras_check.py "$folder/layers" tf_keras 2> /dev/null

echo "interop: our ONNX files of every layer in ONNX Runtime"
written_by OnnxInteropTests operators
"$python" Tools/interop/onnx_check.py "$folder/operators"

echo "interop: a forest in stock scikit-learn and ONNX Runtime, every row to the bit"
written_by ForestInteropTests forest
"$python" Tools/interop/forest_check.py "$folder/forest"

for generation in keras tf_keras; do
    echo "interop: files of $generation, in every format, in this program, and from here in ONNX Runtime"
    quietly 0 "$python" Tools/interop/their_models.py "$generation" "$folder/$generation"
    "$python" Tools/interop/infer_check.py "$dwcp" "$folder/$generation"
done

# The run's models are barely trained: what counts here is that other programs compute the same numbers from the files.
echo "interop: artifacts of a small training run in stock Keras, ONNX Runtime and scikit-learn, and the examples"
quietly 0 "$dwcp" generate --output "$folder/data.csv" --incidents "$folder/incidents.json" --samples 12000
# 1: one epoch meets no target, as it should be.
quietly 1 "$dwcp" train-all --data-path "$folder/data.csv" --incidents-path "$folder/incidents.json" \
    --output-dir "$folder/run" --reports-dir "$folder/reports" --epochs 1 --quiet
"$python" Tools/interop/keras_check.py "$folder/run"
"$python" Tools/interop/onnx_check.py "$folder/run"
"$python" Tools/interop/forest_check.py "$folder/run"
for model in "$folder"/run/*.onnx; do
    quietly 0 "$python" examples/python/predict.py "$model" "${model%.onnx}_input.npy" "$folder/predicted.npy"
    quietly 0 "$python" -c "import numpy, sys; a, b = map(numpy.load, sys.argv[1:])
assert abs(a - b).max() <= 1e-5 * max(1, abs(b).max()), 'the example computes something else'" \
        "$folder/predicted.npy" "${model%.onnx}_output.npy"
done
echo "examples/python/predict.py agrees with the trainers on every model"
