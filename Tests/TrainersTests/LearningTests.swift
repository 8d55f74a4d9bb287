import Inference
import Metrics
import ModelGraph
import Randomness
import Telemetry
import TestSupport
import Testing
@testable import Trainers

/// That the models learn what there is to learn, and nothing where there is nothing: positive and negative controls.
@Suite("Learning")
struct LearningTests {
    /// The model's outputs on windows of the test part.
    private func outputs(_ model: TrainedModel, _ windows: WindowSet<HeldOut>) throws -> [Float] {
        let all = Array(0 ..< windows.count)
        return try #require(GraphExecutor(model.graph).run(["input": windows.tensor(all)])["output"]).values
    }

    // MARK: - Bandwidth

    /// Root mean squared errors on the test part, in units of each link's train deviation: the model's, the last value's, the
    /// train mean's.
    private func bandwidthErrors(_ sample: TrainerSample) throws -> (model: Double, last: Double, mean: Double) {
        let model = try sample.train(.bandwidth)
        guard case .bandwidth(let reference) = model.reference else { throw WrongReference() }
        let frame = try FeatureFrame(sample.split().test, plan: model.plan)
        let windows = WindowSet(frame, windowLength: 5, requiresNextRow: true)
        let throughput = try #require(frame.column("throughput_mbps"))
        var sums = (model: 0.0, last: 0.0, mean: 0.0)
        for (window, predicted) in try outputs(model, windows).enumerated() {
            let end = Int(windows.endRows[window]), actual = Double(throughput[end + 1])
            let scale = reference.link(frame.links[Int(frame.linkOfRow[end])].description).scale
            func square(_ forecast: Double) -> Double {
                (forecast - actual) * (forecast - actual) / (scale.deviation * scale.deviation)
            }
            sums.model += square(Double(predicted))
            sums.last += square(Double(throughput[end]))
            sums.mean += square(scale.center)
        }
        let count = Double(windows.count)
        return ((sums.model / count).squareRoot(), (sums.last / count).squareRoot(), (sums.mean / count).squareRoot())
    }

    private func bandwidthSample() throws -> TrainerSample {
        var sample = try TrainerSample()
        for (name, value) in ["epochs": 25, "learning_rate": 0.01, "lstm_units_1": 8, "lstm_units_2": 6, "dropout": 0.0] {
            sample.schema.models[.bandwidth]?.hyperparameters[name] = value
        }
        return sample
    }

    @Test("A series that its past decides is forecast far better than by its last value, on slow links as on fast ones")
    func predictableSeries() throws {
        let errors = try bandwidthErrors(bandwidthSample())
        #expect(errors.model < 0.5 * errors.last)
        #expect(errors.model < 0.5 * errors.mean)
    }

    @Test("On pure noise the forecast is no better than the mean")
    func noise() throws {
        var sample = try bandwidthSample()
        sample.schema.models[.bandwidth]?.hyperparameters["epochs"] = 5
        var stream = RandomStream(seed: 3).child("noise")
        sample.recording.set("throughput_mbps") { _, _ in Float(stream.uniform(50, 150)) }
        let errors = try bandwidthErrors(sample)
        #expect(errors.model > 0.9 * errors.mean)
    }

    // MARK: - Compression

    /// Shares of the test rows where the model's level is right, and where the train part's most frequent one is.
    private func compressionShares(_ sample: TrainerSample) throws -> (model: Double, majority: Double) {
        let model = try sample.train(.compression)
        guard case .compression(let reference) = model.reference else { throw WrongReference() }
        let test = try sample.split().test
        let frame = try FeatureFrame(test, plan: model.plan)
        let oracle = try #require(CompressionOracle(table: test.table, profile: nil))
        let probabilities = try outputs(model, WindowSet(frame, windowLength: 1))
        var right = 0, majority = 0
        for (row, tableRow) in frame.sourceRows.enumerated() {
            let ofRow = probabilities[row * 10 ..< (row + 1) * 10]
            let level = ofRow.indices.max { ofRow[$0] < ofRow[$1] }.map { $0 - ofRow.startIndex } ?? -1
            if oracle.isRight(level, row: Int(tableRow), band: 0.01) { right += 1 }
            if oracle.isRight(reference.majorityLevel, row: Int(tableRow), band: 0.01) { majority += 1 }
        }
        return (Double(right) / Double(frame.rowCount), Double(majority) / Double(frame.rowCount))
    }

    private func compressionSample() throws -> TrainerSample {
        var sample = try TrainerSample()
        for (name, value) in ["epochs": 15, "learning_rate": 0.01, "dropout": 0] {
            sample.schema.models[.compression]?.hyperparameters[name] = value
        }
        return sample
    }

    @Test("A level that the inputs decide is learned")
    func decidedLevel() throws {
        let shares = try compressionShares(compressionSample())
        #expect(shares.model > 0.98)
        #expect(shares.majority < 0.7)
    }

    @Test("With shuffled labels the level is right no more often than chance")
    func shuffledLevels() throws {
        var sample = try compressionSample()
        sample.recording.shuffle(TrainerSample.compressionLabels, stream: RandomStream(seed: 5).child("shuffle"))
        let shares = try compressionShares(sample)
        // Two classes of half the rows each; four deviations of a share of 120 rows are 0.18.
        #expect(shares.model < 0.5 + 0.18)
    }

    // MARK: - Detection

    /// Average precision over the rows of the test part, and the share of abnormal ones, which is chance.
    private func reliabilityPrecision(_ sample: TrainerSample) throws -> (model: Double, chance: Double) {
        let model = try sample.train(.reliability)
        let frame = try FeatureFrame(sample.split().test, plan: model.plan)
        let labels = AnomalyLabels(sample.incidents, over: frame)
        let scores = try outputs(model, WindowSet(frame, windowLength: 1)).map { Double($0) }
        let precision = try #require(RankedScores(scores: scores, labels: labels.isAbnormal)?.averagePrecision())
        return (precision, Double(labels.isAbnormal.count { $0 }) / Double(frame.rowCount))
    }

    private func reliabilitySample() throws -> TrainerSample {
        var sample = try TrainerSample(steps: 480)
        sample.schema.models[.reliability]?.hyperparameters["trees"] = 50
        sample.schema.models[.reliability]?.hyperparameters["sample_size"] = 128
        return sample
    }

    @Test("Planted anomalies score highest")
    func plantedAnomalies() throws {
        #expect(try reliabilityPrecision(reliabilitySample()).model > 0.85)
    }

    @Test("Incidents at times when nothing happened are found no better than by chance")
    func misplacedIncidents() throws {
        var sample = try reliabilitySample()
        sample.incidents = sample.incidents?.map { incident in
            Incident(node: "c", type: incident.type, start: incident.start, end: incident.end)
        }
        let precision = try reliabilityPrecision(sample)
        #expect(precision.model < precision.chance + 0.1)
    }

    @Test("Slow episodes reconstruct worse than normal windows")
    func slowEpisodes() throws {
        var sample = try TrainerSample()
        for (name, value) in ["epochs": 10, "learning_rate": 0.01] {
            sample.schema.models[.latency]?.hyperparameters[name] = value
        }
        let model = try sample.train(.latency)
        let frame = try FeatureFrame(sample.split().test, plan: model.plan)
        let windows = WindowSet(frame, windowLength: 6)
        let metadata = model.graph.metadata
        let deviations = try #require(metadata[MetadataKey.scoreDeviations]).split(separator: ",").compactMap { Float($0) }
        let scores = ReconstructionScores.meanSquaredErrors(
            windows: (0 ..< windows.count).flatMap { windows.values(ofWindow: $0) },
            reconstructions: try outputs(model, windows), windowLength: 6, deviations: deviations)
        let episodes = WindowEpisodes(windows, labels: AnomalyLabels(sample.incidents, over: frame))
        #expect(try #require(RankedScores(scores: scores, labels: episodes.isAbnormal)?.averagePrecision()) > 0.9)
        let threshold = try #require(metadata[MetadataKey.threshold].flatMap { Double($0) })
        #expect(Incidents.recall(episodes.windowsOfEpisode, alarms: scores.map { $0 >= threshold }) == 1)
    }
}

/// A model came with another model's reference.
private struct WrongReference: Error {}
