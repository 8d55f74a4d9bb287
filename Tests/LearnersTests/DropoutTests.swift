import Randomness
import TensorCore
import Testing

@testable import Learners

/// What dropout does to a network whose one dense layer sums 64 dropped inputs.
@Suite struct DropoutTests {
    @Test(
        "kept numbers are scaled so that the mean stays, and the share of dropped ones is the rate",
        arguments: [0.1, 0.3, 0.5] as [Float])
    func statistics(_ rate: Float) {
        let count = 200_000
        var scales = [Float](repeating: -1, count: count)
        Kernels.best.dropoutScales(rate: rate, from: DropoutStream(key: 11, part: 0, step: 3), count: count, into: &scales)
        let dropped = scales.count { $0 == 0 }
        #expect(scales.allSatisfy { $0 == 0 || $0 == 1 / (1 - rate) })
        // Four standard errors of a binomial share.
        let share = Double(dropped) / Double(count), error = (Double(rate) * Double(1 - rate) / Double(count)).squareRoot()
        #expect(abs(share - Double(rate)) < 4 * error)
    }

    @Test("neighbouring decisions, parts and steps are uncorrelated")
    func independence() {
        func decisions(part: UInt32, step: UInt32) -> [Double] {
            var scales = [Float](repeating: 0, count: 50_000)
            Kernels.best.dropoutScales(
                rate: 0.5, from: DropoutStream(key: 5, part: part, step: step), count: 50_000, into: &scales)
            return scales.map { Double($0) - 1 }
        }
        let base = decisions(part: 0, step: 0)
        let others =
            [decisions(part: 1, step: 0), decisions(part: 0, step: 1)] + [1, 16, 64].map { Array(base.dropFirst($0)) }
        for other in others {
            let correlation = zip(base, other).reduce(0) { $0 + $1.0 * $1.1 } / Double(other.count)
            #expect(abs(correlation) < 4 / Double(other.count).squareRoot())
        }
    }

    @Test("dropout is off outside training")
    func inference() throws {
        let network = SequentialNetwork(input: .row(features: 3), layers: [.dropout(rate: 0.9), .dense(units: 1)])
        var plain = network
        plain.layers.removeFirst()
        let weights = try NetworkWeights(initial: network, from: RandomStream(seed: 1))
        let samples = Golden.windows(10, length: 1, features: 3)
        let dropped = try TrainedNetwork(network: network, weights: weights).predict(samples)
        let bare = try TrainedNetwork(network: plain, weights: NetworkWeights(layers: [weights.layers[1]])).predict(samples)
        #expect(dropped == bare)
    }
}
