import Inference
import ModelArtifacts
import ModelGraph

/// One sample at a time through a model file, read by our own readers; the seconds are the calls' median.
struct SingleSample: Contestant {
    private let model: any Model
    private let samples: [Tensor]
    private let calls: Int

    init(_ settings: Settings) throws {
        let path = try settings.required(settings.model, "model")
        model = path.hasSuffix(".onnx")
            ? try OperatorExecutor(OnnxFile.read(path)) : try GraphExecutor(KerasArchive.read(path))
        let inputs = try NumPyArray.read(try settings.required(settings.inputs, "inputs"))
        let shape = [1] + inputs.shape.dropFirst(), size = shape.reduce(1, *)
        samples = (0 ..< inputs.shape[0]).map {
            Tensor(shape: shape, values: Array(inputs.values[$0 * size ..< ($0 + 1) * size]))
        }
        calls = try settings.required(settings.samples, "samples")
    }

    func run() throws -> Round {
        var times: [Double] = []
        var first: [Float]?
        times.reserveCapacity(calls)
        for call in 0 ..< calls {
            let sample = samples[call % samples.count]
            let (outputs, seconds) = try Round.measure { try model.run(["input": sample]) }
            times.append(seconds)
            first = first ?? outputs["output"]?.values
        }
        times.sort()
        let output = first.map { $0.reduce(0) { $0 + Double(abs($1)) } / Double($0.count) }
        return Round(
            seconds: times[calls / 2],
            evidence: ["p99 µs": times[calls * 99 / 100] * 1e6, "first output": output ?? .nan])
    }
}

private protocol Model {
    func run(_ inputs: [String: Tensor]) throws -> [String: Tensor]
}

extension GraphExecutor: Model {}
extension OperatorExecutor: Model {}
