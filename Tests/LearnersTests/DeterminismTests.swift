import Foundation
import ModelGraph
import Randomness
import TensorCore
import Testing

@testable import Learners

/// Same network, data, configuration and seed: the same bits, whoever computes them and however often the run was
/// interrupted.
@Suite struct DeterminismTests {
    private static let network = SequentialNetwork(
        input: .window(length: 6, features: 5),
        layers: [
            .lstm(units: 24, returnSequences: true), .dropout(rate: 0.25), .lstm(units: 12), .dropout(rate: 0.25),
            .dense(units: 8, activation: .relu), .dense(units: 1),
        ])

    private static let data = TrainingData(
        samples: Golden.windows(300, length: 6, features: 5), targets: .values(Golden.wave(300, 1, 2)))

    /// Batches of 64 in four shards, the last batch of 44 in three; large enough that threads really share it.
    private static let configuration = TrainingConfiguration(
        loss: .meanSquaredError, epochs: 3, batchSize: 64, largestGradientNorm: 1,
        earlyStopping: EarlyStopping(patience: 5), learningRateReduction: LearningRateReduction(patience: 1))

    private static func train(
        threads: ThreadBudget = 1, seed: UInt64 = 42, epochs: Int = 3, largestGradientNorm: Float? = 1,
        resuming state: TrainingState? = nil, onState: ((TrainingState) throws -> Void)? = nil, beforeStep: () -> Void = {}
    ) throws -> TrainedNetwork {
        var configuration = configuration
        configuration.epochs = epochs
        configuration.largestGradientNorm = largestGradientNorm
        return try network.train(
            on: data, validation: data, configuration: configuration, stream: RandomStream(seed: seed), threads: threads,
            resuming: state, onState: onState,
            isCancelled: {
                beforeStep()
                return false
            })
    }

    @Test("one, two, three and five threads give the same bits", arguments: [2, 3, 5])
    func threads(_ count: Int) throws {
        let (one, many) = (try Self.train(), try Self.train(threads: ThreadBudget(count)))
        #expect(one.weights == many.weights)
        #expect(one.history.map(\.loss) == many.history.map(\.loss))
        #expect(try one.predict(Self.data.samples) == one.predict(Self.data.samples, threads: ThreadBudget(count)))
    }

    @Test("gradients added inside the optimiser's step give the bits of gradients added before it, on any number of threads")
    func addedGradients() throws {
        // A norm that is never reached changes nothing but where the shards' gradients are added.
        let before = try Self.train(largestGradientNorm: 1e30)
        for threads in [1, 2, 3] as [ThreadBudget] {
            #expect(try Self.train(threads: threads, largestGradientNorm: nil).weights == before.weights)
        }
    }

    @Test("threads that come and go between epochs give the bits of one thread throughout")
    func changingThreads() throws {
        let budget: ThreadBudget = 1
        let changing = try Self.train(threads: budget, epochs: 4) { state in
            budget.change(to: [2, 3, 1, 1][state.epoch - 1])
        }
        let one = try Self.train(epochs: 4)
        #expect(changing.weights == one.weights)
        #expect(changing.history.map(\.loss) == one.history.map(\.loss))
    }

    @Test("threads that come and go before every step give the bits of one thread throughout")
    func changingThreadsWithinEpochs() throws {
        let budget: ThreadBudget = 1
        var steps = 0
        let changing = try Self.train(
            threads: budget,
            beforeStep: {
                steps += 1
                budget.change(to: [1, 2, 3, 8, 2][steps % 5])
            })
        #expect(steps > 20)
        #expect(try changing.weights == Self.train().weights)
    }

    @Test("runs beside each other give the same bits as one alone")
    func parallelRuns() async throws {
        let alone = try Self.train()
        try await withThrowingTaskGroup(of: TrainedNetwork.self) { group in
            for _ in 0 ..< 3 { group.addTask { try Self.train(threads: 2) } }
            for try await other in group { #expect(other.weights == alone.weights) }
        }
    }

    @Test("AVX2 and AVX-512 give the same loss and gradients, bit for bit")
    func instructionSets() throws {
        guard let narrow = Kernels(.avx2), let wide = Kernels(.avx512) else { return }
        let weights = try NetworkWeights(initial: Self.network, from: RandomStream(seed: 1))
        let results = try [narrow, wide].map {
            try Self.network.lossAndGradients(of: Self.data, loss: .meanSquaredError, weights: weights, kernels: $0)
        }
        #expect(results[0].loss == results[1].loss)
        #expect(results[0].gradients == results[1].gradients)
    }

    @Test("another seed gives other weights")
    func seeds() throws {
        #expect(try Self.train(seed: 1).weights != Self.train(seed: 2).weights)
    }

    @Test("a run resumed after any epoch, from a state that went through JSON, ends with the same bits")
    func resume() throws {
        var states: [TrainingState] = []
        let whole = try Self.train { states.append($0) }
        #expect(states.map(\.epoch) == [1, 2, 3])
        for state in states {
            let stored = try JSONDecoder().decode(TrainingState.self, from: JSONEncoder().encode(state))
            let resumed = try Self.train(threads: 2, resuming: stored)
            #expect(resumed.weights == whole.weights)
            #expect(resumed.history.map(\.loss) == whole.history.map(\.loss))
        }
    }

    @Test("a state of another network is refused")
    func foreignState() throws {
        var states: [TrainingState] = []
        _ = try Self.train { states.append($0) }
        let other = SequentialNetwork(input: .window(length: 6, features: 5), layers: [.lstm(units: 3), .dense(units: 1)])
        #expect(throws: NetworkError.self) {
            try other.train(
                on: Self.data, configuration: Self.configuration, stream: RandomStream(seed: 1), resuming: states[0])
        }
    }
}
