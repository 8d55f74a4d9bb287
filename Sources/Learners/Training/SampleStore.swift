import TensorCore

/// Samples in the form that the training loop reads: rows normalised once, targets and weights in blocks.
///
/// It is complete and checked: every window lies inside the frame, every number is finite, every length fits the network.
final class SampleStore: Sendable {
    let count: Int
    private let ends: [Int32]
    private let rows: FloatBlock
    private let features: Int
    private let steps: Int
    private let targets: TargetPlace
    private let weights: [Float]?

    /// Where a row's target lies.
    private enum TargetPlace: Sendable {
        /// Nothing to learn, only to predict.
        case none
        /// `[sample, step, width]`.
        case perSample(FloatBlock, steps: Int, width: Int)
        /// `[row, width]`: the target of step t of a window is the target of its t-th row.
        case perRow(FloatBlock, width: Int)
    }

    /// - Parameter purpose: what the samples are for, in errors: `training`, `validation`.
    convenience init(_ data: TrainingData, for network: CompiledNetwork, loss: Loss, purpose: String) throws {
        try self.init(data.samples, for: network, purpose: purpose, weights: data.sampleWeights) { rows in
            let output = network.outputShape
            switch data.targets {
            case .values(let values):
                let width = loss.targetWidth(outputs: output.features)
                try Self.check(
                    values, perSample: output.steps * width, width: width, of: data.samples, loss, output, purpose)
                return .perSample(FloatBlock(values), steps: output.steps, width: width)
            case .inputs(let columns):
                guard loss.acceptsEveryTarget else {
                    throw NetworkError(
                        data: purpose, "its inputs are the targets, but the loss \(loss) takes only some numbers; "
                            + "reconstruct with a loss of differences, such as the mean squared error")
                }
                let width = columns?.count ?? data.samples.featureCount
                guard output.steps == data.samples.windowLength, output.features == width,
                    loss.targetWidth(outputs: width) == width
                else {
                    throw NetworkError(
                        data: purpose,
                        "the network's output \(output) does not fit a window of "
                            + "\(data.samples.windowLength) rows by \(width) columns, which it should reconstruct; "
                            + "end the network with that shape")
                }
                return .perRow(try Self.select(columns, of: rows, features: data.samples.featureCount), width: width)
            }
        }
    }

    /// Samples without targets.
    convenience init(_ samples: WindowedRows, for network: CompiledNetwork) throws {
        try self.init(samples, for: network, purpose: "input", weights: nil) { _ in .none }
    }

    private init(
        _ samples: WindowedRows, for network: CompiledNetwork, purpose: String, weights: [Float]?,
        targets: (FloatBlock) throws -> TargetPlace
    ) throws {
        try Self.check(samples, for: network, purpose: purpose)
        count = samples.sampleCount
        ends = samples.windowEnds
        features = samples.featureCount
        steps = samples.windowLength
        rows = FloatBlock(samples.rows)
        network.normalization?.apply(to: rows.base, count: samples.rows.count / samples.featureCount)
        try Self.checkFinite(rows.numbers, of: samples, purpose: purpose)
        if let weights { try Self.check(weights, sampleCount: samples.sampleCount, purpose: purpose) }
        self.weights = weights
        self.targets = try targets(rows)
    }

    /// Copies the windows of `samples` into `[time, sample, feature]`.
    func gather(_ samples: UnsafeBufferPointer<Int32>, into input: UnsafeMutablePointer<Float>, kernels: Kernels) {
        kernels.gather(samples, steps: steps, width: features, of: rows.base, endingAt: ends, into: input)
    }

    /// Copies the targets of `samples` into `[time, sample, target width]`.
    func gatherTargets(
        _ samples: UnsafeBufferPointer<Int32>, into result: UnsafeMutablePointer<Float>, kernels: Kernels
    ) {
        switch targets {
        case .perSample(let block, let steps, let width):
            kernels.gather(samples, steps: steps, width: width, of: block.base, endingAt: nil, into: result)
        case .perRow(let block, let width):
            kernels.gather(samples, steps: steps, width: width, of: block.base, endingAt: ends, into: result)
        case .none:
            preconditionFailure("samples without targets have no loss")
        }
    }

    /// Copies the weights of `samples`; false when all are 1.
    func gatherWeights(_ samples: UnsafeBufferPointer<Int32>, into result: UnsafeMutablePointer<Float>) -> Bool {
        guard let weights else { return false }
        for (place, sample) in samples.enumerated() { result[place] = weights[Int(sample)] }
        return true
    }

    /// The whole frame, or a copy of some columns.
    private static func select(_ columns: [Int]?, of rows: FloatBlock, features: Int) throws -> FloatBlock {
        guard let columns else { return rows }
        if let wrong = columns.first(where: { !(0 ..< features).contains($0) }) {
            throw NetworkError("cannot reconstruct column \(wrong): the data has \(features) columns, numbered from 0")
        }
        let count = rows.count / features
        let selected = FloatBlock(count: count * columns.count)
        for row in 0 ..< count {
            for (place, column) in columns.enumerated() {
                selected.base[row * columns.count + place] = rows.base[row * features + column]
            }
        }
        return selected
    }
}
