import Learners
import Metrics
import ModelGraph
import Telemetry

/// Trains the bandwidth predictor: an LSTM over the latest steps of a link that predicts the next step's throughput as a
/// change against the last value, in units of the link's recent level.
enum BandwidthTrainer {
    static func train(_ input: TrainingInput, plan: FeaturePlan, observer: TrainingObserver) throws -> TrainedModel {
        let columns = try Columns(plan)
        let training = try Examples(input.split.train, plan, columns, input)
        let validation = try Examples(input.split.validation, plan, columns, input)
        let reference = try reference(training, input)
        let network = try network(input, StandardScaler(fittedTo: training.windows.frame))
        let trained = try network.train(
            on: training.data(reference), validation: validation.data(reference),
            configuration: try input.configuration(.meanSquaredError), stream: input.stream, threads: input.threads,
            onEvent: observer.onEvent, isCancelled: observer.isCancelled)
        let graph = BandwidthGraph.compose(
            name: input.kind.fileStem, trunk: try trained.nodes(input: "input"), windowLength: input.windowLength,
            featureCount: plan.features.count, lastValue: columns.lastValue, scale: columns.scale,
            metadata: try input.metadata(plan, outputMeaning: "throughput of the next step", outputUnit: "Mbit/s"))
        return TrainedModel(
            kind: .bandwidth, graph: graph, history: trained.history, bestEpoch: trained.bestEpoch,
            reference: .bandwidth(reference), check: try check(trained, validation),
            trainingSamples: training.windows.count, validationSamples: validation.windows.count, notes: [])
    }

    /// LSTM (sequences) → LSTM → Dense relu → one number: the relative change.
    private static func network(_ input: TrainingInput, _ scaler: StandardScaler) throws -> SequentialNetwork {
        let dropout = Float(try input.number("dropout"))
        return SequentialNetwork(
            input: .window(length: input.windowLength, features: scaler.center.count),
            layers: [
                scaler.normalization, .lstm(units: try input.count("lstm_units_1"), returnSequences: true),
                .dropout(rate: dropout), .lstm(units: try input.count("lstm_units_2")), .dropout(rate: dropout),
                .dense(units: try input.count("dense_units"), activation: .relu), .dense(units: 1),
            ])
    }

    private static func check(_ trained: TrainedNetwork, _ examples: Examples<Validation>) throws -> ArtifactCheck {
        let chosen = examples.windows.checkWindows()
        var samples = examples.windows.samples
        samples.windowEnds = chosen.map { examples.windows.endRows[$0] }
        let changes = try trained.predict(samples)
        let outputs = zip(chosen, changes).map { examples.last[$0] + examples.scale[$0] * $1 }
        return ArtifactCheck(
            inputs: examples.windows.tensor(chosen), outputs: Tensor(shape: [chosen.count, 1], values: outputs))
    }

    /// Each link's throughput in the train part, and AR(10) ridge on it.
    private static func reference(_ examples: Examples<Training>, _ input: TrainingInput) throws -> BandwidthReference {
        let names = examples.linkNames
        var values: [String: [Double]] = [:]
        for (name, value) in zip(names, examples.next) { values[name, default: []].append(Double(value)) }
        guard let overall = LinkThroughput(examples.next.map { Double($0) }) else {
            throw TrainerError.notFitted(.bandwidth, "the scale of throughput")
        }
        let links = values.compactMapValues { LinkThroughput($0) }
        let length = input.windowLength
        var histories: [Double] = [], targets: [Double] = []
        for (window, name) in names.enumerated() {
            guard let scale = links[name]?.scale, scale.deviation > 0 else { continue }
            histories += examples.history(window).map { (Double($0) - scale.center) / scale.deviation }
            targets.append((Double(examples.next[window]) - scale.center) / scale.deviation)
        }
        let autoregression = AutoregressiveRidge(
            histories: histories, windowLength: length, targets: targets, order: min(10, length))
        return BandwidthReference(links: links, overall: overall, autoregression: autoregression)
    }

    /// Where the features that build the output stand in a row.
    struct Columns {
        let lastValue: Int
        let scale: Int

        init(_ plan: FeaturePlan) throws(TrainerError) {
            func place(_ name: String) throws(TrainerError) -> Int {
                guard let place = plan.featureNames.firstIndex(of: name) else { throw .missingFeature(.bandwidth, name) }
                return place
            }
            lastValue = try place(BandwidthFeature.lastValue)
            scale = try place(BandwidthFeature.scale)
        }
    }
}

/// Windows of one part with the throughput that followed each.
private struct Examples<Role: PartRole> {
    let windows: WindowSet<Role>
    /// Per window, Mbit/s: the next step's throughput, the last one's, and the recent level.
    let next: [Float]
    let last: [Float]
    let scale: [Float]
    private let columns: BandwidthTrainer.Columns

    init(_ part: Part<Role>, _ plan: FeaturePlan, _ columns: BandwidthTrainer.Columns, _ input: TrainingInput) throws {
        let frame = try FeatureFrame(part, plan: plan)
        let target = try input.schema.targetColumn(of: .bandwidth, in: frame)
        let windows = WindowSet(frame, windowLength: input.windowLength, requiresNextRow: true) { rows in
            target[rows.upperBound].isFinite
        }
        guard windows.count > 0 else {
            throw TrainerError.noSamples(
                .bandwidth, part: Role.name, why: "no link has \(input.windowLength + 1) steps in a row without a gap")
        }
        self.windows = windows
        next = windows.endRows.map { target[Int($0) + 1] }
        func lastStep(_ feature: Int) -> [Float] {
            windows.endRows.map { frame.values[Int($0) * frame.featureCount + feature] }
        }
        last = lastStep(columns.lastValue)
        scale = lastStep(columns.scale)
        self.columns = columns
    }

    var linkNames: [String] {
        let names = windows.frame.links.map(\.description)
        return windows.endRows.map { names[Int(windows.frame.linkOfRow[Int($0)])] }
    }

    /// A window's throughput, oldest step first.
    func history(_ window: Int) -> [Float] {
        windows.rows(ofWindow: window).map { windows.frame.values[$0 * windows.frame.featureCount + columns.lastValue] }
    }

    /// Targets are relative changes; weights turn their squared errors into errors in units of each link's deviation, so that
    /// the loss is what the judge measures: fast and slow links count alike. A link seen for a few seconds may hardly have
    /// varied; its deviation counts as at least a tenth of its mean, or such links would be all that is learned.
    func data(_ reference: BandwidthReference) -> TrainingData {
        let weights = zip(linkNames, scale).map { name, scale in
            let link = reference.link(name).scale
            let deviation = Float(max(link.deviation, 0.1 * abs(link.center)))
            return deviation > 0 ? (scale / deviation) * (scale / deviation) : 0
        }
        let mean = max(weights.reduce(0, +) / Float(weights.count), .leastNormalMagnitude)
        return TrainingData(
            samples: windows.samples, targets: .values(next.indices.map { (next[$0] - last[$0]) / scale[$0] }),
            sampleWeights: weights.map { $0 / mean })
    }
}
