"""One peer in a process of its own: the counterpart of dwcp-bench, with the same protocol.

`worker.py PEER SETTINGS`: prepares the peer outside the clock, prints {"ready": 1}, then runs it once for every line `run`
and answers with {"seconds": …} and numbers that show what was computed.
"""

import importlib
import json
import os
import sys

# What the names of peers begin with → Keras' backend.
BACKENDS = {"keras-jax": "jax", "keras-tensorflow": "tensorflow"}

# Peer name → module here and factory in it. A factory takes the settings and gives a function that returns one round.
PEERS = {
    **{
        f"{peer}/{kind}": (module, kind)
        for peer, module in [
            ("keras-jax", "keras_networks"), ("keras-tensorflow", "keras_networks"), ("jax", "jax_networks")]
        for kind in ["lstm", "autoencoder", "policy", "variants", "start"]
    },
    "keras-tensorflow, unrolled/lstm": ("keras_networks", "lstm_unrolled"),
    **{f"keras-jax, each seed/{kind}": ("keras_seeds", kind) for kind in ["lstm", "autoencoder", "policy"]},
    "scikit-learn/forest-fit": ("forests", "fit"),
    "scikit-learn, threads/forest-fit": ("forests", "fit_threaded"),
    "scikit-learn/forest-score": ("forests", "score"),
    "scikit-learn, threads/forest-score": ("forests", "score_threaded"),
    "pandas/csv": ("csv_readers", "pandas"),
    "pyarrow/csv": ("csv_readers", "pyarrow"),
    "onnxruntime/single-sample": ("single_sample", "onnxruntime"),
    "keras-jax/single-sample": ("single_sample", "keras"),
    "keras-jax, predict_on_batch/single-sample": ("single_sample", "keras_predict_on_batch"),
    "numpy/limits": ("limits", "numpy_product"),
}


def main() -> None:
    peer, settings = sys.argv[1], json.loads(sys.argv[2])
    # Replies have the pipe to themselves: what libraries print goes to standard error.
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(values: dict) -> None:
        replies.write(json.dumps(values) + "\n")
        replies.flush()

    # Read by Keras and TensorFlow when they are imported.
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    for beginning, backend in BACKENDS.items():
        if peer.startswith(beginning):
            os.environ["KERAS_BACKEND"] = backend
    module, factory = PEERS[peer]
    run = getattr(importlib.import_module(module), factory)(settings)
    answer({"ready": 1})
    for line in sys.stdin:
        if line.strip() != "run":
            sys.exit(f"expected the line “run”, found “{line.strip()}”")
        answer(run())


if __name__ == "__main__":
    main()
