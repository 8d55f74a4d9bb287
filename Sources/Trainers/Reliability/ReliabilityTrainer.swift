import Learners
import Metrics
import ModelGraph
import Telemetry

/// Trains the node reliability model: an isolation forest on unlabelled rows; labels of the validation part choose its alarm
/// threshold only.
enum ReliabilityTrainer {
    static func train(_ input: TrainingInput, plan: FeaturePlan, observer: TrainingObserver) throws -> TrainedModel {
        observer.onEvent(.phase("growing trees"))
        let training = try FeatureFrame(input.split.train, plan: plan)
        let validation = try FeatureFrame(input.split.validation, plan: plan)
        let scaler = RobustScaler(fittedTo: training)
        let forest = try IsolationForest(trees: try input.count("trees"), sampleSize: try input.count("sample_size")).fit(
            tensor(training), center: Tensor(scaler.center), scale: Tensor(scaler.scale), stream: input.stream,
            threads: input.threads)
        if observer.isCancelled() { throw TrainingError.cancelled(epochsFinished: 0) }
        observer.onEvent(.phase("choosing the threshold"))
        let scorer = try IsolationForestScorer(forest)
        let scores = try scorer.score(tensor(validation), threads: input.threads)
        let rule = ThresholdRule(input, AnomalyLabels(input.incidents, over: validation), normalShare: normalShare(input))
        guard let threshold = rule.choose(scores.map { Double($0) }) else {
            throw TrainerError.notFitted(.reliability, "the alarm threshold")
        }
        var metadata = try input.metadata(plan, outputMeaning: "anomaly score, higher is more abnormal", outputUnit: "")
        metadata[MetadataKey.threshold] = String(threshold.value)
        let graph = ModelGraph(
            name: input.kind.fileStem, inputs: [.init(name: "input", shape: [plan.features.count])],
            nodes: [.init(name: "output", operation: .isolationForest(forest), sources: ["input"])],
            outputs: [.init(name: "output", source: "output")], metadata: metadata)
        let rows = WindowSet(validation, windowLength: 1), chosen = rows.checkWindows()
        return TrainedModel(
            kind: .reliability, graph: graph, history: [], bestEpoch: 0,
            reference: .reliability(try reference(training, validation, rule)),
            check: ArtifactCheck(
                inputs: rows.tensor(chosen),
                outputs: Tensor(shape: [chosen.count, 1], values: chosen.map { scores[$0] })),
            trainingSamples: training.rowCount, validationSamples: validation.rowCount, notes: rule.notes)
    }

    private static func tensor<Role>(_ frame: FeatureFrame<Role>) -> Tensor {
        Tensor(shape: [frame.rowCount, frame.featureCount], values: frame.values)
    }

    /// The share of validation rows that may alarm where no incident tells: half the false-positive gate.
    private static func normalShare(_ input: TrainingInput) -> Double {
        (input.gates.first { $0.metric == "false_positive_rate" }?.target ?? 0.05) / 2
    }

    private static func reference(
        _ training: FeatureFrame<Training>, _ validation: FeatureFrame<Validation>, _ rule: ThresholdRule
    ) throws -> ReliabilityReference {
        guard let columns = RobustColumns(training.values, columnCount: training.featureCount) else {
            throw TrainerError.notFitted(.reliability, "the robust z-scores")
        }
        var reference = ReliabilityReference(
            columns: columns, bestColumn: columns.bestSingleColumn(validation.values, labels: rule.labels.isAbnormal),
            thresholds: [:])
        for answer in ReliabilityScores.all(reference, over: validation.values) {
            reference.thresholds[answer.name] = rule.choose(answer.scores)
        }
        return reference
    }
}

/// How the alarm threshold is chosen on validation.
struct ThresholdRule {
    let labels: AnomalyLabels
    private let requiredRecall: Double
    private let normalShare: Double

    init(_ input: TrainingInput, _ labels: AnomalyLabels, normalShare: Double) {
        self.labels = labels
        self.normalShare = normalShare
        requiredRecall = input.requiredRecall("incident_recall")
    }

    /// Fewest false positives with enough incidents found; without incidents, a fixed share of rows.
    func choose(_ scores: [Double]) -> AlarmThreshold? {
        guard !labels.rowsOfIncident.isEmpty else { return .unlabelled(share: normalShare, scores: scores) }
        return .fewestFalsePositives(
            scores: scores, labels: labels.isAbnormal, incidents: labels.rowsOfIncident, requiredRecall: requiredRecall)
    }

    var notes: [String] {
        labels.rowsOfIncident.isEmpty
            ? ["the validation part holds no labelled incident: the threshold lets \(normalShare * 100) % of its rows alarm"] : []
    }
}
