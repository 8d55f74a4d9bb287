import Learners
import ModelArtifacts
import ModelGraph
import Randomness
import Simulation
import Telemetry
import TensorCore

/// Writes the files that only our own code can make.
struct Preparation: Contestant {
    let work: () throws -> Void

    func run() throws -> Round { Round(seconds: try Round.measure(work).seconds) }

    /// `telemetry.csv` and `incidents.json`: the reference scenario.
    static func csv(_ settings: Settings) throws -> any Contestant {
        let samples = try settings.required(settings.samples, "samples")
        let simulation = try Simulation(scenario: .reference, seed: 42, samples: samples)
        return Preparation {
            _ = try simulation.write(csv: settings.path("telemetry.csv"), incidents: settings.path("incidents.json"))
        }
    }

    /// `inference.keras` and `inference.onnx`: the LSTM after one step of training on the samples.
    static func inference(_ settings: Settings) throws -> any Contestant {
        let windows = try NumPyArray.read(settings.path("inference_samples.npy"))
        let (count, length, features) = (windows.shape[0], windows.shape[1], windows.shape[2])
        let samples = WindowedRows(
            rows: windows.values, featureCount: features, windowLength: length,
            windowEnds: (1 ... count).map { Int32($0 * length - 1) })
        return Preparation {
            let trained = try NetworkTraining.lstmNetwork(windowLength: length, features: features).train(
                on: TrainingData(samples: samples, targets: .values([Float](repeating: 1, count: count))),
                configuration: TrainingConfiguration(loss: .meanSquaredError, epochs: 1, batchSize: count),
                stream: RandomStream(seed: 42), threads: ThreadBudget(settings.threads))
            let nodes = try trained.nodes(input: "input")
            let graph = ModelGraph(
                name: "inference", inputs: [.init(name: "input", shape: [length, features])], nodes: nodes,
                outputs: [.init(name: "output", source: nodes[nodes.count - 1].name)])
            try KerasArchive.write(graph, to: settings.path("inference.keras"))
            try OnnxFile.write(graph, to: settings.path("inference.onnx"))
        }
    }
}
