import Learners
import Metrics
import ModelGraph
import Randomness
import Telemetry

/// Trains the compression selector: a policy network whose answer counts as right when it is one of the levels that are within
/// the tie band of the best, so it learns from the whole set of right levels instead of one arbitrary member.
enum CompressionTrainer {
    static func train(_ input: TrainingInput, plan: FeaturePlan, observer: TrainingObserver) throws -> TrainedModel {
        let training = try Examples(input.split.train, plan, input)
        let validation = try Examples(input.split.validation, plan, input)
        let network = try network(input, StandardScaler(fittedTo: training.windows.frame))
        let trained = try network.train(
            on: training.data, validation: validation.data, configuration: try input.configuration(.setLikelihood),
            stream: input.stream, threads: input.threads, onEvent: observer.onEvent, isCancelled: observer.isCancelled)
        let graph = ModelGraph(
            name: input.kind.fileStem, inputs: [.init(name: "input", shape: [plan.features.count])],
            nodes: renamingLast(try trained.nodes(input: "input")), outputs: [.init(name: "output", source: "output")],
            metadata: try input.metadata(plan, outputMeaning: "probability of each compression level 0…9", outputUnit: ""))
        let chosen = validation.windows.checkWindows()
        var samples = validation.windows.samples
        samples.windowEnds = chosen.map { validation.windows.endRows[$0] }
        let check = ArtifactCheck(
            inputs: validation.windows.tensor(chosen),
            outputs: Tensor(shape: [chosen.count, CompressionOracle.levelCount], values: try trained.predict(samples)))
        return TrainedModel(
            kind: .compression, graph: graph, history: trained.history, bestEpoch: trained.bestEpoch,
            reference: .compression(reference(training, validation, input)), check: check,
            trainingSamples: training.windows.count, validationSamples: validation.windows.count,
            notes: ["labels come from: \(training.oracle.source.rawValue)"])
    }

    /// Three relu layers with dropout → softmax over the levels.
    private static func network(_ input: TrainingInput, _ scaler: StandardScaler) throws -> SequentialNetwork {
        let dropout = Float(try input.number("dropout"))
        return SequentialNetwork(
            input: .row(features: scaler.center.count),
            layers: [
                scaler.normalization,
                .dense(units: try input.count("dense_units_1"), activation: .relu), .dropout(rate: dropout),
                .dense(units: try input.count("dense_units_2"), activation: .relu), .dropout(rate: dropout),
                .dense(units: try input.count("dense_units_3"), activation: .relu),
                .dense(units: CompressionOracle.levelCount, activation: .softmax),
            ])
    }

    /// The last node under the name of the model's output.
    private static func renamingLast(_ nodes: [ModelGraph.Node]) -> [ModelGraph.Node] {
        var nodes = nodes
        nodes[nodes.count - 1].name = "output"
        return nodes
    }

    private static func reference(
        _ training: Examples<Training>, _ validation: Examples<Validation>, _ input: TrainingInput
    ) -> CompressionReference {
        let levels = CompressionOracle.levelCount
        return CompressionReference(
            majorityLevel: MajorityClass.choose(training.best, classCount: levels) ?? 0,
            bestFixedLevel: ChoiceCosts(costs: validation.costs, choiceCount: levels).bestFixedChoice,
            neighbours: NearestNeighbours(
                features: training.windows.endRows.flatMap { training.windows.frame.row(Int($0)) },
                columnCount: training.windows.frame.featureCount, classes: training.best, classCount: levels,
                maximumRows: 2000, stream: input.stream.child("nearest neighbours")))
    }

    /// The labelled rows of one part.
    private struct Examples<Role: PartRole> {
        let windows: WindowSet<Role>
        let oracle: CompressionOracle
        private let tieBand: Double

        init(_ part: Part<Role>, _ plan: FeaturePlan, _ input: TrainingInput) throws {
            let frame = try FeatureFrame(part, plan: plan)
            guard let oracle = CompressionOracle(table: part.table, profile: input.codecProfile) else {
                throw TrainerError.noSamples(
                    .compression, part: Role.name,
                    why: "neither measured codec columns nor the codec profile's inputs nor optimal_compression")
            }
            windows = WindowSet(frame, windowLength: 1) { rows in
                oracle.bestLevels[Int(frame.sourceRows[rows.lowerBound])] >= 0
            }
            guard windows.count > 0 else {
                throw TrainerError.noSamples(.compression, part: Role.name, why: "no row has a best level")
            }
            self.oracle = oracle
            tieBand = input.judgement("tie_band", default: 0.01)
        }

        private var tableRows: [Int] { windows.endRows.map { Int(windows.frame.sourceRows[Int($0)]) } }

        var best: [Int] { tableRows.map { Int(oracle.bestLevels[$0]) } }

        /// Milliseconds, `[row, level]`; empty where only the recorded level is known.
        var costs: [Double] {
            guard !oracle.milliseconds.isEmpty else { return [] }
            let levels = CompressionOracle.levelCount
            return tableRows.flatMap { row in oracle.milliseconds[row * levels ..< (row + 1) * levels].map { Double($0) } }
        }

        var data: TrainingData {
            let sets = tableRows.flatMap { oracle.rightLevels(row: $0, band: tieBand).map { $0 ? Float(1) : 0 } }
            return TrainingData(samples: windows.samples, targets: .values(sets))
        }
    }
}
