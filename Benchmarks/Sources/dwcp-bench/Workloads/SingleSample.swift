import Inference
import ModelArtifacts
import ModelGraph

/// One sample at a time through the LSTM of `lstm-b32`, read from its Keras archive; the seconds are the calls' median.
struct SingleSample: Contestant {
    private let executor: GraphExecutor
    private let samples: [Tensor]

    init(_ settings: Settings) throws {
        executor = try GraphExecutor(KerasArchive.read(settings.path("inference.keras")))
        let windows = try NumPyArray.read(settings.path("inference_samples.npy"))
        let shape = [1] + windows.shape.dropFirst(), size = shape.reduce(1, *)
        samples = (0 ..< windows.shape[0]).map {
            Tensor(shape: shape, values: Array(windows.values[$0 * size ..< ($0 + 1) * size]))
        }
    }

    func run() throws -> Round {
        var times: [Double] = []
        var first: Float?
        times.reserveCapacity(samples.count)
        for sample in samples {
            let (outputs, seconds) = try Round.measure { try executor.run(["input": sample]) }
            times.append(seconds)
            first = first ?? outputs["output"]?.values.first
        }
        times.sort()
        return Round(
            seconds: times[times.count / 2],
            evidence: ["p99 µs": times[times.count * 99 / 100] * 1e6, "first output": Double(first ?? .nan)])
    }
}
