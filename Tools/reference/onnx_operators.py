"""Golden results of ONNX Runtime for single operators.

Writes to the given folder, for every case, `<case>.onnx` and, in `cases.json`, the inputs and ONNX Runtime's outputs.

    python Tools/reference/onnx_operators.py Tests/Fixtures/ONNX/operators
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FLOAT, DOUBLE, INT64 = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64


def values(*shape, salt=0.0, size=1.0):
    """Numbers from a formula: reproducible without a random generator."""
    count = int(np.prod(shape, dtype=int))
    return (size * np.sin(1.7 * np.arange(count) + salt)).astype(np.float32).reshape(shape)


def ints(*numbers):
    return np.array(numbers, dtype=np.int64)


class Case:
    """One model: nodes given as (type, inputs, outputs, attributes); constants become initialisers."""

    def __init__(self, name, inputs, nodes, constants=None, outputs=None, domain_nodes=()):
        self.name = name
        self.inputs = inputs
        self.outputs = outputs or {"output": FLOAT}
        constants = constants or {}
        protos = [helper.make_node(kind, i, o, name=o[-1], **a) for kind, i, o, a in nodes]
        protos += [
            helper.make_node(kind, i, o, name=o[-1], domain="ai.onnx.ml", **a) for kind, i, o, a in domain_nodes
        ]
        graph = helper.make_graph(
            protos,
            name,
            [
                helper.make_tensor_value_info(key, FLOAT, ["batch", *array.shape[1:]])
                for key, array in inputs.items()
            ],
            [helper.make_tensor_value_info(key, kind, self.symbolic_shape(key)) for key, kind in self.outputs.items()],
            [numpy_helper.from_array(array, key) for key, array in constants.items()],
        )
        self.model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)],
            ir_version=8,
            producer_name="reference",
        )

    def symbolic_shape(self, key):
        return RANKS.get((self.name, key), ["a", "b"])

    def run(self):
        onnx.checker.check_model(self.model, full_check=True)
        session = onnxruntime.InferenceSession(self.model.SerializeToString(), providers=["CPUExecutionProvider"])
        names = list(self.outputs)
        return dict(zip(names, session.run(names, self.inputs)))


# Shapes of outputs that are not matrices.
RANKS = {
    ("transpose", "output"): ["a", "b", "c"],
    ("transpose_reversed", "output"): ["a", "b", "c"],
    ("unsqueeze_expand", "output"): ["a", "b", "c"],
    ("tile", "output"): ["a", "b", "c"],
    ("reshape", "output"): ["a", "b", "c"],
    ("matmul_steps", "output"): ["a", "b", "c"],
    ("concat_steps", "output"): ["a", "b", "c"],
    ("softmax_steps", "output"): ["a", "b", "c"],
    ("add_broadcast", "output"): ["a", "b", "c"],
    ("lstm_sequence", "sequence"): ["a", "b", "c", "d"],
    ("lstm_sequence", "last"): ["a", "b", "c"],
    ("lstm_relu", "last"): ["a", "b", "c"],
    ("lstm_softplus", "last"): ["a", "b", "c"],
    ("lstm_without_bias", "last"): ["a", "b", "c"],
    ("lstm_reverse", "sequence"): ["a", "b", "c", "d"],
    ("lstm_reverse", "last"): ["a", "b", "c"],
    ("lstm_functions", "last"): ["a", "b", "c"],
    ("gru_after", "sequence"): ["a", "b", "c", "d"],
    ("gru_after", "last"): ["a", "b", "c"],
    ("gru_before", "last"): ["a", "b", "c"],
    ("gru_functions", "last"): ["a", "b", "c"],
    ("layer_normalization", "output"): ["a", "b", "c"],
    ("slice_backwards", "output"): ["a", "b", "c"],
    ("slice_part", "output"): ["a", "b", "c"],
}


def unary(kind, salt=0.3, **attributes):
    name = kind.lower() + "".join(f"_{v}" for v in attributes.values()).replace(".", "")
    return Case(name, {"x": values(3, 7, salt=salt, size=4)}, [(kind, ["x"], ["output"], attributes)])


def binary(kind, x, y, name=None):
    return Case(name or kind.lower(), {"x": x, "y": y}, [(kind, ["x", "y"], ["output"], {})])


def lstm(name, units, features, outputs, activations=None, bias=True, kind="LSTM", **more):
    """Weights of very different sizes for each gate, so that a swapped pair changes every result."""
    sizes = np.array([0.3, 0.7, 1.1, 1.6] if kind == "LSTM" else [0.3, 0.8, 1.5], dtype=np.float32)
    gates = np.repeat(sizes, units)[None, :, None]
    width = gates.size
    constants = {
        "w": values(1, width, features, salt=1.1) * gates,
        "r": values(1, width, units, salt=2.2) * gates,
    }
    inputs = ["x", "w", "r"]
    if bias:
        constants["b"] = values(1, 2 * width, salt=3.3) * np.concatenate([gates[:, :, 0]] * 2, axis=1)
        inputs.append("b")
    attributes = {"hidden_size": units} | more
    if activations:
        attributes["activations"] = activations
    wanted = ["sequence" if "sequence" in outputs else "", "last"]
    return Case(
        name,
        {"x": values(5, 3, features, salt=0.7)},
        [(kind, inputs, wanted, attributes)],
        constants,
        {key: FLOAT for key in outputs},
    )


# Two trees; the second one is a single leaf. Thresholds are exact in float32, and the inputs hit them.
TREES = {
    "nodes_treeids": [0, 0, 0, 0, 0, 1],
    "nodes_nodeids": [0, 1, 2, 3, 4, 0],
    "nodes_featureids": [1, 0, 0, 0, 0, 0],
    "nodes_values": [0.1, -2.5, 0.0, 0.0, 0.0, 0.0],
    "nodes_modes": ["BRANCH_LEQ", "BRANCH_LEQ", "LEAF", "LEAF", "LEAF", "LEAF"],
    "nodes_truenodeids": [1, 2, 0, 0, 0, 0],
    "nodes_falsenodeids": [4, 3, 0, 0, 0, 0],
    "target_treeids": [0, 0, 0, 1],
    "target_nodeids": [2, 3, 4, 0],
    "target_ids": [0, 0, 0, 0],
    "target_weights": [3.25, 4.1, 1.7, 2.9],
    "n_targets": 1,
    "post_transform": "NONE",
}
NEXT = np.nextafter(np.float32(0.1), np.float32(1))
BEFORE = np.nextafter(np.float32(-2.5), np.float32(-3))
ROWS = np.array(
    [[-2.5, 0.1], [-2.5, NEXT], [BEFORE, 0.1], [-2.4, 0.1], [3, -1], [np.nan, 0], [0, np.nan], [np.inf, -np.inf]],
    dtype=np.float32,
)


def trees(name, aggregate, double):
    attributes = TREES | {"aggregate_function": aggregate}
    casts = [("Cast", ["x"], ["wide"], {"to": DOUBLE})] if double else []
    node = ("TreeEnsembleRegressor", ["wide" if double else "x"], ["output"], attributes)
    return Case(name, {"x": ROWS}, casts, domain_nodes=[node])


def cases():
    steps = values(2, 3, 4, salt=0.2)
    for kind in ["Relu", "Sigmoid", "Tanh", "Exp", "Neg", "Erf", "Softplus", "Elu", "Selu", "LeakyRelu", "Identity"]:
        yield unary(kind)
    yield unary("Elu", alpha=0.5)
    yield unary("LeakyRelu", alpha=0.2)
    yield unary("Softmax", axis=-1)
    yield Case("softmax_steps", {"x": 5 * steps}, [("Softmax", ["x"], ["output"], {})])
    for kind in ["Add", "Sub", "Mul", "Div"]:
        yield binary(kind, values(3, 4, salt=0.1), values(3, 4, salt=0.9, size=3))
    yield binary("Pow", np.abs(values(3, 4, salt=0.1)) + 0.1, values(3, 4, salt=0.9, size=3))
    yield binary("Add", steps, values(3, 1, salt=0.5), name="add_broadcast")
    yield Case(
        "sub_div_constants",
        {"x": values(3, 4)},
        [("Sub", ["x", "mean"], ["s"], {}), ("Div", ["s", "scale"], ["output"], {})],
        {"mean": values(4, salt=0.4), "scale": np.array(0.25, dtype=np.float32)},
    )
    yield Case(
        "pow_scalar_base",
        {"x": values(3, 1, size=2)},
        [("Pow", ["two", "x"], ["output"], {})],
        {"two": np.array(2, dtype=np.float32)},
    )
    yield Case(
        "greater_or_equal",
        {"x": np.array([[0.5], [0.25], [0.75]], dtype=np.float32)},
        [("GreaterOrEqual", ["x", "t"], ["flag"], {}), ("Cast", ["flag"], ["output"], {"to": INT64})],
        {"t": np.array(0.5, dtype=np.float32)},
        {"output": INT64},
    )
    yield Case("transpose", {"x": steps}, [("Transpose", ["x"], ["output"], {"perm": [1, 0, 2]})])
    yield Case("transpose_reversed", {"x": steps}, [("Transpose", ["x"], ["output"], {})])
    yield Case(
        "squeeze",
        {"x": values(3, 1, 4)},
        [("Squeeze", ["x", "axes"], ["output"], {})],
        {"axes": ints(1)},
    )
    yield Case(
        "unsqueeze_expand",
        {"x": values(3, 4)},
        [("Unsqueeze", ["x", "axes"], ["u"], {}), ("Expand", ["u", "shape"], ["output"], {})],
        {"axes": ints(1), "shape": ints(1, 5, 1)},
    )
    yield Case("tile", {"x": steps}, [("Tile", ["x", "n"], ["output"], {})], {"n": ints(2, 1, 3)})
    yield Case("reshape", {"x": values(3, 8)}, [("Reshape", ["x", "s"], ["output"], {})], {"s": ints(0, -1, 2)})
    yield Case("flatten", {"x": steps}, [("Flatten", ["x"], ["output"], {"axis": 1})])
    yield Case(
        "concat",
        {"x": values(3, 2), "y": values(3, 4, salt=1)},
        [("Concat", ["x", "y"], ["output"], {"axis": -1})],
    )
    yield Case(
        "concat_steps", {"x": steps, "y": values(2, 2, 4, salt=1)}, [("Concat", ["x", "y"], ["output"], {"axis": 1})]
    )
    yield Case("matmul_steps", {"x": steps}, [("MatMul", ["x", "k"], ["output"], {})], {"k": values(4, 5, salt=2)})
    yield Case(
        "gemm",
        {"x": values(3, 6)},
        [("Gemm", ["x", "k", "b"], ["output"], {})],
        {"k": values(6, 70, salt=2), "b": values(70, salt=3)},
    )
    yield lstm("lstm_sequence", 3, 2, ["sequence", "last"])
    yield lstm("lstm_relu", 2, 3, ["last"], ["Sigmoid", "Relu", "Relu"])
    yield lstm("lstm_softplus", 2, 3, ["last"], ["Sigmoid", "Softplus", "Softplus"])
    yield lstm("lstm_without_bias", 2, 3, ["last"], bias=False)
    yield lstm("lstm_reverse", 3, 2, ["sequence", "last"], direction="reverse")
    yield lstm(
        "lstm_functions",
        2,
        3,
        ["last"],
        ["HardSigmoid", "Elu", "Elu"],
        activation_alpha=[0.5, 1.0, 1.0],
        activation_beta=[0.5],
    )
    yield lstm("gru_after", 3, 2, ["sequence", "last"], kind="GRU", linear_before_reset=1, direction="reverse")
    yield lstm("gru_before", 3, 2, ["last"], kind="GRU")
    yield lstm(
        "gru_functions", 2, 3, ["last"], ["Softsign", "LeakyRelu"], kind="GRU", linear_before_reset=1, activation_alpha=[0.2]
    )
    for kind in ["Softsign", "HardSwish", "Celu", "HardSigmoid", "Shrink"]:
        yield unary(kind)
    yield unary("Celu", alpha=0.5)
    yield unary("HardSigmoid", alpha=0.3, beta=0.25)
    yield unary("Shrink", lambd=0.5, bias=0.25)
    yield unary("LogSoftmax", axis=-1)
    yield Case("sqrt", {"x": np.abs(values(3, 4))}, [("Sqrt", ["x"], ["output"], {})])
    bounds = {"low": np.array(-0.5, dtype=np.float32), "high": np.array(0.25, dtype=np.float32)}
    yield Case("clip", {"x": values(3, 4)}, [("Clip", ["x", "low", "high"], ["output"], {})], bounds)
    yield Case("cumsum", {"x": values(3, 4)}, [("CumSum", ["x", "axis"], ["output"], {})], {"axis": ints(-1)[0]})
    yield Case("reduce_sum", {"x": values(3, 4)}, [("ReduceSum", ["x", "axes"], ["output"], {})], {"axes": ints(-1)})
    yield Case("top_k", {"x": values(3, 4)}, [("TopK", ["x", "k"], ["output", "places"], {})], {"k": ints(4)})
    yield Case(
        "split",
        {"x": values(3, 6)},
        [("Split", ["x"], ["a", "b", "c"], {"axis": 1}), ("Sub", ["c", "a"], ["output"], {})],
    )
    yield Case(
        "slice_backwards",
        {"x": steps},
        [("Slice", ["x", "start", "end", "axis", "start"], ["output"], {})],
        {"start": ints(-1), "end": ints(-(2**63)), "axis": ints(1)},
    )
    yield Case(
        "slice_part",
        {"x": steps},
        [("Slice", ["x", "starts", "ends", "axes", "steps"], ["output"], {})],
        {"starts": ints(1, -1), "ends": ints(2**62, 0), "axes": ints(1, 2), "steps": ints(1, -1)},
    )
    yield Case(
        "layer_normalization",
        {"x": 3 * steps},
        [("LayerNormalization", ["x", "scale", "bias"], ["output"], {"axis": -1, "epsilon": 0.01})],
        {"scale": values(4, salt=0.4), "bias": values(4, salt=1.4)},
    )
    yield Case(
        "greater",
        {"x": np.array([[0.5], [0.25], [0.75]], dtype=np.float32)},
        [("Greater", ["x", "t"], ["flag"], {}), ("Cast", ["flag"], ["output"], {"to": FLOAT})],
        {"t": np.array(0.5, dtype=np.float32)},
    )
    yield trees("trees_average_double", "AVERAGE", True)
    yield trees("trees_sum", "SUM", False)


def listed(array):
    """NaN and infinities as text, which JSON lacks."""
    flat = [float(v) for v in np.asarray(array).ravel()]
    return {"shape": list(np.shape(array)), "values": [v if np.isfinite(v) else str(v) for v in flat]}


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    records = []
    for case in cases():
        outputs = case.run()
        (folder / f"{case.name}.onnx").write_bytes(case.model.SerializeToString(deterministic=True))
        records.append(
            {
                "name": case.name,
                "inputs": {key: listed(array) for key, array in case.inputs.items()},
                "outputs": {key: listed(array) for key, array in outputs.items()},
            }
        )
    lines = ",\n".join(json.dumps(record) for record in records)
    (folder / "cases.json").write_text(f"[\n{lines}\n]\n")
    print(len(records), "cases with onnx", onnx.__version__, "and onnxruntime", onnxruntime.__version__)


if __name__ == "__main__":
    main(sys.argv[1])
