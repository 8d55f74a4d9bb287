"""Runs one of the models on features with ONNX Runtime.

    python predict.py MODEL.onnx INPUT.npy [OUTPUT.npy]

INPUT is float32 [sample, time, feature] for the models of sequences, [sample, feature] for the others: unscaled features, in the order
and units that the model's own metadata lists.
"""

import sys

import numpy as np
import onnxruntime


def main(model: str, input_path: str, output_path: str | None) -> None:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    metadata = session.get_modelmeta().custom_metadata_map
    features = metadata["feature_names"].split(",")
    values = np.load(input_path).astype(np.float32)
    if values.shape[-1] != len(features):
        sys.exit(f"{input_path} has {values.shape[-1]} features, the model needs {len(features)}: {', '.join(features)}")
    outputs = dict(zip((output.name for output in session.get_outputs()), session.run(None, {"input": values})))

    print(f"{metadata['model']}: {metadata['output_meaning']} ({metadata['output_unit'] or 'no unit'})")
    print(f"targets reached: {metadata['targets_reached']}")
    print(f"output of {len(values)} samples, shape {outputs['output'].shape}; the first: {outputs['output'][0].ravel()[:5]}")
    if "is_anomaly" in outputs:
        print(f"alarms: {int(outputs['is_anomaly'].sum())} of {len(values)}, score ≥ {metadata['threshold']}")
    if output_path:
        np.save(output_path, outputs["output"])


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) == 4 else None)
