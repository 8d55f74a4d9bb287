import Foundation
import ModelGraph

/// Computes a graph in double precision with the shortest code for each formula: what the tests hold Keras' results against.
/// It shares nothing with the program's own execution.
struct KerasPlainForward {
    struct Value {
        var shape: [Int]
        var values: [Double]

        /// The rows along the last axis.
        var rows: [[Double]] {
            let width = shape.last ?? 1
            return stride(from: 0, to: values.count, by: width).map { Array(values[$0 ..< $0 + width]) }
        }
    }

    /// The result for a batch: `input` is `[batch] + shape`.
    static func run(_ graph: ModelGraph, _ input: Tensor) -> Tensor {
        let batch = input.shape[0]
        let size = input.values.count / batch
        var shape: [Int] = []
        var outputs: [Float] = []
        for index in 0 ..< batch {
            let sample = input.values[index * size ..< (index + 1) * size].map(Double.init)
            var known = [graph.inputs[0].name: Value(shape: Array(input.shape.dropFirst()), values: sample)]
            for node in graph.nodes { known[node.name] = result(node.operation, node.sources.map { known[$0]! }) }
            let output = known[graph.outputs[0].source]!
            shape = output.shape
            outputs += output.values.map { Float($0) }
        }
        return Tensor(shape: [batch] + shape, values: outputs)
    }

    private static func result(_ operation: LayerOperation, _ inputs: [Value]) -> Value {
        let input = inputs[0]
        switch operation {
        case let .normalization(mean, variance):
            return byFeature(input) { (x, f) in
                (x - Double(mean.values[f])) / max(Double(variance.values[f]).squareRoot(), 1e-7)
            }
        case let .batchNormalization(p):
            return byFeature(input) { (x, f) in
                Double(p.gamma.values[f]) * (x - Double(p.movingMean.values[f]))
                    / (Double(p.movingVariance.values[f]) + Double(p.epsilon)).squareRoot() + Double(p.beta.values[f])
            }
        case let .timeDistributed(inner): return result(inner, inputs)
        case let .dense(p):
            let rows = input.rows.map { activated(product($0, p.kernel, p.bias), p.activation) }
            return Value(shape: input.shape.dropLast() + [p.units], values: rows.flatMap { $0 })
        case let .lstm(p): return lstm(input, p)
        case .dropout: return input
        case let .repeatVector(count):
            return Value(shape: [count] + input.shape, values: (0 ..< count).flatMap { _ in input.values })
        case .flatten: return Value(shape: [input.values.count], values: input.values)
        case let .reshape(shape): return Value(shape: shape, values: input.values)
        case let .rescaling(scale, offset):
            return Value(shape: input.shape, values: input.values.map { $0 * Double(scale.values[0]) + Double(offset.values[0]) })
        case let .activation(activation):
            return Value(shape: input.shape, values: input.rows.flatMap { activated($0, activation) })
        case .add: return elementwise(inputs, +)
        case .multiply: return elementwise(inputs, *)
        case .subtract: return elementwise(inputs, -)
        case let .concatenate(axis):
            precondition(axis == input.shape.count - 1, "only the last axis is joined here")
            let rows = inputs.map(\.rows)
            let joined = rows[0].indices.map { row in rows.flatMap { $0[row] } }
            return Value(shape: input.shape.dropLast() + [joined[0].count], values: joined.flatMap { $0 })
        case .gru, .bidirectional, .layerNormalization, .isolationForest:
            preconditionFailure("\(operation.typeName) is not computed here")
        }
    }

    private static func byFeature(_ input: Value, _ body: (Double, Int) -> Double) -> Value {
        Value(shape: input.shape, values: input.rows.flatMap { row in row.enumerated().map { body($1, $0) } })
    }

    private static func elementwise(_ inputs: [Value], _ body: (Double, Double) -> Double) -> Value {
        inputs.dropFirst().reduce(inputs[0]) { sum, next in
            Value(shape: sum.shape, values: zip(sum.values, next.values).map(body))
        }
    }

    private static func product(_ x: [Double], _ kernel: Tensor, _ bias: Tensor?) -> [Double] {
        let units = kernel.shape[1]
        return (0 ..< units).map { unit -> Double in
            var sum = Double(bias?.values[unit] ?? 0)
            for index in x.indices { sum += x[index] * Double(kernel.values[index * units + unit]) }
            return sum
        }
    }

    /// Hochreiter and Schmidhuber 1997 with forget gates; gates in the order input, forget, candidate, output.
    private static func lstm(_ input: Value, _ p: LSTMParameters) -> Value {
        let units = p.units
        var (hidden, cell) = ([Double](repeating: 0, count: units), [Double](repeating: 0, count: units))
        var sequence: [Double] = []
        for x in input.rows {
            let gates = zip(product(x, p.kernel, p.bias), product(hidden, p.recurrentKernel, nil)).map { $0 + $1 }
            func gate(_ number: Int, _ activation: Activation) -> [Double] {
                activated(Array(gates[number * units ..< (number + 1) * units]), activation)
            }
            let (i, f) = (gate(0, p.recurrentActivation), gate(1, p.recurrentActivation))
            let (c, o) = (gate(2, p.activation), gate(3, p.recurrentActivation))
            cell = (0 ..< units).map { f[$0] * cell[$0] + i[$0] * c[$0] }
            hidden = zip(o, activated(cell, p.activation)).map { $0 * $1 }
            sequence += hidden
        }
        return p.returnSequences
            ? Value(shape: [input.shape[0], units], values: sequence) : Value(shape: [units], values: hidden)
    }

    private static func activated(_ x: [Double], _ activation: Activation) -> [Double] {
        switch activation {
        case .linear: return x
        case .relu: return x.map { max($0, 0) }
        case .sigmoid: return x.map { 1 / (1 + exp(-$0)) }
        case .tanh: return x.map { tanh($0) }
        case .softmax:
            let powers = x.map { exp($0 - x.max()!) }
            let sum = powers.reduce(0, +)
            return powers.map { $0 / sum }
        case .exponential: return x.map { exp($0) }
        case .softplus: return x.map { log1p(exp($0)) }
        case .elu: return x.map { $0 > 0 ? $0 : expm1($0) }
        case .selu:
            return x.map { 1.0507009873554805 * ($0 > 0 ? $0 : 1.6732632423543772 * expm1($0)) }
        case .gelu: return x.map { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
        case .logSoftmax: return activated(x, .softmax).map { log($0) }
        case .sparsemax:
            let sorted = x.sorted(by: >)
            let sums = sorted.indices.map { sorted[...$0].reduce(0, +) }
            let kept = sorted.indices.filter { sorted[$0] - (sums[$0] - 1) / Double($0 + 1) > 0 }
            let threshold = (kept.reduce(0) { $0 + sums[$1] } - 1) / Double(kept.count)
            return x.map { max($0 - threshold, 0) }
        default: return x.map { activated($0, activation) }
        }
    }

    private static func activated(_ x: Double, _ activation: Activation) -> Double {
        func clipped(_ x: Double, _ low: Double, _ high: Double) -> Double { min(max(x, low), high) }
        switch activation {
        case .leakyReLU: return x > 0 ? x : 0.2 * x
        case .relu6: return clipped(x, 0, 6)
        case .celu: return x > 0 ? x : expm1(x)
        case .silu: return x / (1 + exp(-x))
        case .mish: return x * tanh(log1p(exp(x)))
        case .softsign: return x / (1 + abs(x))
        case .squareplus: return (x + (x * x + 4).squareRoot()) / 2
        case .hardSigmoid: return clipped(x + 3, 0, 6) / 6
        case .hardSigmoidKeras2: return clipped(0.2 * x + 0.5, 0, 1)
        case .hardSiLU: return x * clipped(x + 3, 0, 6) / 6
        case .hardTanh: return clipped(x, -1, 1)
        case .hardShrink: return abs(x) > 0.5 ? x : 0
        case .softShrink: return x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0
        case .tanhShrink: return x - tanh(x)
        case .logSigmoid: return -log1p(exp(-x))
        case .sparsePlus: return x <= -1 ? 0 : x < 1 ? (x + 1) * (x + 1) / 4 : x
        case .sparseSigmoid: return clipped((x + 1) / 2, 0, 1)
        default: preconditionFailure("\(activation) is computed above")
        }
    }
}

