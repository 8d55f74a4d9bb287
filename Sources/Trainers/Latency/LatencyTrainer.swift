import Learners
import Metrics
import ModelGraph
import Telemetry
import TensorCore

/// Trains the consensus latency model: an LSTM autoencoder on normal windows, which reconstructs what is usual and fails on what
/// is not. Its alarm threshold is chosen on validation.
enum LatencyTrainer {
    static func train(_ input: TrainingInput, plan: FeaturePlan, observer: TrainingObserver) throws -> TrainedModel {
        let training = try Examples(input.split.train, plan, input)
        let validation = try Examples(input.split.validation, plan, input)
        let scaler = StandardScaler(fittedTo: training.frame, rows: training.normalRows)
        let trained = try network(input, scaler).train(
            on: training.data, validation: validation.data, configuration: try input.configuration(.meanSquaredError),
            stream: input.stream, threads: input.threads, onEvent: observer.onEvent, isCancelled: observer.isCancelled)
        observer.onEvent(.phase("choosing the threshold"))
        let scores = try scores(trained, validation.all, scaler, input.threads)
        guard let threshold = validation.choose(scores, input) else {
            throw TrainerError.notFitted(.latency, "the alarm threshold")
        }
        var metadata = try input.metadata(plan, outputMeaning: "reconstruction of the input window", outputUnit: "as the input")
        metadata[MetadataKey.threshold] = String(threshold.value)
        metadata[MetadataKey.scoreDeviations] = scaler.scale.map { String($0) }.joined(separator: ",")
        let graph = LatencyGraph.compose(
            name: input.kind.fileStem, trunk: try trained.nodes(input: "input"), windowLength: input.windowLength,
            mean: scaler.center, deviation: scaler.scale, metadata: metadata)
        return TrainedModel(
            kind: .latency, graph: graph, history: trained.history, bestEpoch: trained.bestEpoch,
            reference: .latency(try reference(training, validation, input)), check: try check(trained, validation.all, scaler),
            trainingSamples: training.normal.count, validationSamples: validation.normal.count,
            notes: validation.episodes.windowsOfEpisode.isEmpty
                ? ["the validation part holds no labelled episode: the threshold lets 1 % of its windows alarm"] : [])
    }

    /// LSTM → LSTM → RepeatVector → LSTM → LSTM → TimeDistributed(Dense).
    private static func network(_ input: TrainingInput, _ scaler: StandardScaler) throws -> SequentialNetwork {
        let wide = try input.count("lstm_units_1"), narrow = try input.count("lstm_units_2")
        return SequentialNetwork(
            input: .window(length: input.windowLength, features: scaler.center.count),
            layers: [
                scaler.normalization, .lstm(units: wide, returnSequences: true), .lstm(units: narrow),
                .repeatVector(count: input.windowLength), .lstm(units: narrow, returnSequences: true),
                .lstm(units: wide, returnSequences: true), .timeDistributedDense(units: scaler.center.count),
            ])
    }

    /// Reconstructions in the features' own units, `[window, time, feature]`.
    private static func reconstruct(
        _ trained: TrainedNetwork, _ samples: WindowedRows, _ scaler: StandardScaler, _ threads: ThreadBudget = 1
    ) throws -> [Float] {
        let width = scaler.center.count
        return try trained.predict(samples, threads: threads).enumerated().map { index, value in
            value * scaler.scale[index % width] + scaler.center[index % width]
        }
    }

    private static func scores(
        _ trained: TrainedNetwork, _ windows: WindowSet<Validation>, _ scaler: StandardScaler, _ threads: ThreadBudget
    ) throws -> [Double] {
        ReconstructionScores.meanSquaredErrors(
            windows: (0 ..< windows.count).flatMap { windows.values(ofWindow: $0) },
            reconstructions: try reconstruct(trained, windows.samples, scaler, threads), windowLength: windows.windowLength,
            deviations: scaler.scale)
    }

    private static func check(
        _ trained: TrainedNetwork, _ windows: WindowSet<Validation>, _ scaler: StandardScaler
    ) throws -> ArtifactCheck {
        let chosen = windows.checkWindows()
        var samples = windows.samples
        samples.windowEnds = chosen.map { windows.endRows[$0] }
        let inputs = windows.tensor(chosen)
        return ArtifactCheck(
            inputs: inputs, outputs: Tensor(shape: inputs.shape, values: try reconstruct(trained, samples, scaler)))
    }

    private static func reference(
        _ training: Examples<Training>, _ validation: Examples<Validation>, _ input: TrainingInput
    ) throws -> LatencyReference {
        let values = try input.schema.targetColumn(of: .latency, in: training.frame)
        var valuesOfLink: [String: [Float]] = [:]
        for (row, value) in values.enumerated() where value.isFinite {
            valuesOfLink[training.frame.links[Int(training.frame.linkOfRow[row])].description, default: []].append(value)
        }
        func scale(_ values: [Float]) -> GroupScale? { GroupScale(robust: values.map { Double($0) }) }
        guard let overall = scale(values.filter(\.isFinite)) else {
            throw TrainerError.notFitted(.latency, "the scale of consensus latency")
        }
        var reference = LatencyReference(links: valuesOfLink.compactMapValues(scale), overall: overall, thresholds: [:])
        let target = try input.schema.targetColumn(of: .latency, in: validation.frame)
        let windows = validation.all
        let answers = LatencyScores.all(
            reference, histories: windows.histories(of: target), windowLength: windows.windowLength,
            links: windows.endRows.map { windows.frame.links[Int(windows.frame.linkOfRow[Int($0)])].description })
        for answer in answers { reference.thresholds[answer.name] = validation.choose(answer.scores, input) }
        return reference
    }

    /// The windows of one part, and those without a labelled step.
    private struct Examples<Role: PartRole> {
        let all: WindowSet<Role>
        let normal: WindowSet<Role>
        let episodes: WindowEpisodes
        private let labels: AnomalyLabels

        var frame: FeatureFrame<Role> { all.frame }
        var normalRows: [Int] { labels.isAbnormal.indices.filter { !labels.isAbnormal[$0] } }
        var data: TrainingData { TrainingData(samples: normal.samples, targets: .inputs()) }

        init(_ part: Part<Role>, _ plan: FeaturePlan, _ input: TrainingInput) throws {
            let frame = try FeatureFrame(part, plan: plan)
            let labels = AnomalyLabels(
                input.incidents, ofTypes: input.schema.incidents.affectingConsensus, over: frame)
            all = WindowSet(frame, windowLength: input.windowLength)
            normal = WindowSet(frame, windowLength: input.windowLength) { rows in
                !rows.contains { labels.isAbnormal[$0] }
            }
            guard normal.count > 0 else {
                throw TrainerError.noSamples(
                    .latency, part: Role.name, why: "no link has \(input.windowLength) normal steps in a row without a gap")
            }
            episodes = WindowEpisodes(
                all, labels: labels, gapWindows: max(1, Int(input.judgement("episode_gap_windows", default: 1))))
            self.labels = labels
        }

        /// Best accuracy with enough episodes found; without episodes, 1 % of the windows alarm.
        func choose(_ scores: [Double], _ input: TrainingInput) -> AlarmThreshold? {
            guard !episodes.windowsOfEpisode.isEmpty else { return .unlabelled(share: 0.01, scores: scores) }
            return .bestAccuracy(
                scores: scores, labels: episodes.isAbnormal, episodes: episodes.windowsOfEpisode,
                requiredRecall: input.requiredRecall("episode_recall"))
        }
    }
}
