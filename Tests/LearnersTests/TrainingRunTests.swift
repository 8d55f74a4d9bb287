import Failures
import ModelGraph
import Randomness
import Testing

@testable import Learners

@Suite struct TrainingRunTests {
    private static let network = SequentialNetwork(
        input: .row(features: 3),
        layers: [
            .normalization(mean: [1, 2, 3], variance: [4, 0, 1]), .dense(units: 12, activation: .tanh), .dropout(rate: 0.1),
            .dense(units: 2),
        ])

    private static func data(_ samples: Int = 200) -> TrainingData {
        var stream = RandomStream(seed: 5)
        let rows = (0 ..< samples * 3).map { _ in Float(stream.uniform(-1, 1)) }
        let targets = (0 ..< samples).flatMap { row in
            let (a, b, c) = (rows[3 * row], rows[3 * row + 1], rows[3 * row + 2])
            return [a + 0.5 * c, a - c + 0 * b]
        }
        return TrainingData(samples: WindowedRows(rows: rows, featureCount: 3), targets: .values(targets))
    }

    private static func configuration(epochs: Int = 3, rate: Float = 0.01) -> TrainingConfiguration {
        TrainingConfiguration(loss: .meanSquaredError, optimiser: .adam(learningRate: rate), epochs: epochs)
    }

    private static func train(
        _ data: TrainingData = data(), network: SequentialNetwork = network,
        configuration: TrainingConfiguration = configuration(), onEvent: (TrainingEvent) -> Void = { _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> TrainedNetwork {
        try network.train(
            on: data, configuration: configuration, stream: RandomStream(seed: 3), onEvent: onEvent, isCancelled: isCancelled
        )
    }

    @Test("a linear relation is learned")
    func learns() throws {
        let network = SequentialNetwork(
            input: .row(features: 3), layers: [.dense(units: 12, activation: .tanh), .dense(units: 2)])
        let trained = try Self.train(network: network, configuration: Self.configuration(epochs: 60))
        #expect(trained.history[0].loss > 0.1)
        #expect(trained.history[59].loss < 1e-3)
    }

    @Test("events come in order: started, each epoch, finished")
    func events() throws {
        var events: [TrainingEvent] = []
        let trained = try Self.train(onEvent: { events.append($0) })
        #expect(events.count == 5)
        #expect(events[0] == .started(epochs: 3, samples: 200, parameters: 3 * 12 + 12 + 12 * 2 + 2))
        #expect(events[1 ... 3].elementsEqual(trained.history.map(TrainingEvent.epoch)))
        guard case .finished(bestEpoch: 3, _) = events[4] else { Issue.record("\(events[4])"); return }
    }

    @Test("early stopping ends the run and gives back the weights of the best epoch")
    func earlyStopping() throws {
        var configuration = Self.configuration(epochs: 50, rate: 1)
        configuration.earlyStopping = EarlyStopping(patience: 3)
        var stops: [TrainingEvent] = []
        var states: [NetworkWeights] = []
        let trained = try Self.network.train(
            on: Self.data(), validation: Self.data(50), configuration: configuration, stream: RandomStream(seed: 3),
            onEvent: { if case .stoppedEarly = $0 { stops.append($0) } }, onState: { states.append($0.weights) })
        #expect(stops == [.stoppedEarly(epoch: trained.history.count, bestEpoch: trained.bestEpoch)])
        #expect(trained.history.count == trained.bestEpoch + 3)
        #expect(trained.history.min { $0.validationLoss < $1.validationLoss }?.epoch == trained.bestEpoch)
        #expect(trained.weights == states[trained.bestEpoch - 1])
    }

    @Test("the validation loss is what the given weights score outside training")
    func validationLoss() throws {
        let validation = Self.data(70)
        let trained = try Self.network.train(
            on: Self.data(), validation: validation, configuration: Self.configuration(epochs: 1),
            stream: RandomStream(seed: 3))
        guard case .values(let targets) = validation.targets else { return }
        let outputs = try trained.predict(validation.samples)
        let errors = zip(outputs, targets).map { Double($0 - $1) * Double($0 - $1) }
        #expect(abs(trained.history[0].validationLoss - errors.reduce(0, +) / Double(errors.count)) < 1e-6)
    }

    @Test("a cancelled run stops at the next step and says how far it came")
    func cancellation() {
        var asked = 0
        #expect(throws: TrainingError.cancelled(epochsFinished: 1)) {
            try Self.train(isCancelled: {
                asked += 1
                return asked > 10  // an epoch is 7 steps
            })
        }
        #expect(asked == 11)
    }

    @Test("a diverging run ends with an error that names epoch, step and learning rate")
    func divergence() throws {
        let network = SequentialNetwork(input: .row(features: 3), layers: [.dense(units: 4), .dense(units: 2)])
        var configuration = Self.configuration()
        configuration.optimiser = .stochasticGradientDescent(learningRate: 1e20)
        let error = try #require(throws: TrainingError.self) {
            try Self.train(network: network, configuration: configuration)
        }
        guard case .diverged(epoch: 1, let step, learningRate: 1e20) = error else { Issue.record("\(error)"); return }
        #expect(try #require(step) > 1)
        #expect(error.description.contains("lower the learning rate"))
    }

    @Test("weights that the last step made infinite are no result, and no saved state")
    func divergenceAtTheEnd() throws {
        var configuration = Self.configuration()
        (configuration.epochs, configuration.batchSize) = (1, 200)
        configuration.optimiser = .stochasticGradientDescent(learningRate: .greatestFiniteMagnitude)
        let network = SequentialNetwork(input: .row(features: 3), layers: [.dense(units: 4), .dense(units: 2)])
        var data = Self.data()
        guard case .values(let targets) = data.targets else { return }
        // So far off that gradients are larger than 1.
        data.targets = .values(targets.map { $0 + 100 })
        let error = try #require(throws: TrainingError.self) {
            try Self.train(data, network: network, configuration: configuration)
        }
        #expect(error == .diverged(epoch: 1, step: nil, learningRate: .greatestFiniteMagnitude))
        #expect(error.description.contains("after epoch 1 are not finite"))
    }

    @Test("sample weights of zero leave samples out")
    func sampleWeights() throws {
        let data = Self.data()
        var halved = data
        halved.sampleWeights = (0 ..< 200).map { $0 < 100 ? 2 : 0 }
        var first = Self.data()
        first.samples.windowEnds = Array(data.samples.windowEnds.prefix(100))
        guard case .values(let targets) = data.targets else { return }
        first.targets = .values(Array(targets.prefix(200)))
        let weights = try NetworkWeights(initial: Self.network, from: RandomStream(seed: 1))
        let plain = SequentialNetwork(
            input: Self.network.input, layers: Self.network.layers.filter { $0 != .dropout(rate: 0.1) })
        let start = NetworkWeights(layers: [weights.layers[0], weights.layers[2]])
        let (weighted, alone) = (
            try plain.lossAndGradients(of: halved, loss: .meanSquaredError, weights: start),
            try plain.lossAndGradients(of: first, loss: .meanSquaredError, weights: start)
        )
        #expect(abs(weighted.loss - alone.loss) < 1e-6)
    }

    @Test("data that cannot be trained on is refused before the first step, with what is wrong and where")
    func refusals() throws {
        func refusal(_ change: (inout TrainingData) -> Void) throws -> String {
            var data = Self.data(10)
            change(&data)
            let error = try #require(throws: NetworkError.self) { try Self.train(data) }
            return error.description
        }
        #expect(try refusal { $0.samples.windowEnds = [] }.contains("no samples"))
        #expect(try refusal { $0.samples.rows[7] = .nan }.contains("sample 2 has nan in row 2, feature 1"))
        let overflow = try #require(throws: NetworkError.self) {
            // Divided by the least deviation, 1e-7.
            let normalised = SequentialNetwork(
                input: .row(features: 3),
                layers: [.normalization(mean: [0, 0, 0], variance: [1, 0, 1]), .dense(units: 2)])
            var data = Self.data(10)
            data.samples.rows[7] = 1e35
            _ = try Self.train(data, network: normalised)
        }
        #expect(overflow.description.contains("sample 2 has inf after normalization in row 2, feature 1"))
        #expect(try refusal { $0.samples.windowEnds[3] = 10 }.contains("ends at row 10"))
        #expect(try refusal { $0.samples.windowEnds[3] = -1 }.contains("ends at row -1"))
        #expect(try refusal { $0.samples.featureCount = 5 }.contains("1 rows by 5 features"))
        #expect(try refusal { $0.targets = .values([1, 2]) }.contains("2 target numbers for 10 samples"))
        #expect(try refusal { $0.targets = .values(Array(repeating: .infinity, count: 20)) }.contains("not finite"))
        #expect(try refusal { $0.targets = .inputs() }.contains("reconstruct"))
        #expect(try refusal { $0.sampleWeights = [1] }.contains("1 sample weights for 10 samples"))
        #expect(try refusal { $0.sampleWeights = Array(repeating: -1, count: 10) }.contains("weight -1"))
    }

    @Test("an empty set of right classes and a class that does not exist are refused")
    func targetRefusals() throws {
        func refusal(_ loss: Loss, _ targets: [Float]?) throws -> String {
            let network = SequentialNetwork(input: .row(features: 3), layers: [.dense(units: 2, activation: .softmax)])
            var data = Self.data(2)
            data.targets = targets.map { .values($0) } ?? .inputs(columns: [0, 1])
            let configuration = TrainingConfiguration(loss: loss, epochs: 1)
            let error = try #require(throws: NetworkError.self) {
                try Self.train(data, network: network, configuration: configuration)
            }
            return error.description
        }
        #expect(try refusal(.setLikelihood, nil).contains("takes only some numbers"))
        #expect(try refusal(.setLikelihood, [1, 0, 0, 0]).contains("sample 1 is an empty set"))
        #expect(try refusal(.setLikelihood, [1, 0.5, 0, 1]).contains("sample 0 has numbers other than 0 and 1"))
        #expect(try refusal(.sparseCategoricalCrossEntropy, [0, 2]).contains("sample 1 is 2.0, not a class in 0 ..< 2"))
    }

    @Test("settings that make no sense are refused")
    func configurationRefusals() {
        for change in [
            { $0.epochs = 0 }, { $0.batchSize = 0 }, { $0.optimiser = .adam(learningRate: .nan) },
            { $0.optimiser = .adam(beta1: 1) }, { $0.optimiser = .adam(beta2: -0.1) }, { $0.largestGradientNorm = 0 },
            { $0.largestGradientNorm = .nan }, { $0.earlyStopping = EarlyStopping(patience: -1) },
            { $0.learningRateReduction = LearningRateReduction(factor: 1) },
            { $0.learningRateReduction = LearningRateReduction(factor: 0) },
            { $0.learningRateReduction = LearningRateReduction(patience: -1) },
        ] as [(inout TrainingConfiguration) -> Void] {
            var configuration = Self.configuration()
            change(&configuration)
            #expect(throws: TrainingError.self) { try Self.train(configuration: configuration) }
        }
    }
}
