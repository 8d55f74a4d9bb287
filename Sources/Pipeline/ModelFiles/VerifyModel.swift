import Evaluation
import Foundation
import ModelGraph

/// `dwcp verify`: how far two model files agree on the same inputs.
public enum VerifyModel {
    /// - Parameters:
    ///   - data: the inputs, a `.npy` or `.npz` file.
    ///   - tolerance: the largest |a − b| / max(1, |b|) that still counts as agreement.
    /// - Returns: a table of differences, one line for each output; exit code 1 when an output differs by more than the tolerance
    ///   or a decision flips.
    public static func run(
        _ path: String, against other: String, data: String, tolerance: Double
    ) throws -> CommandResult {
        let (first, second) = (try RunnableModel(path), try RunnableModel(other))
        let comparison = try OutputComparison(
            first.run(NamedArrays.inputs(of: first, from: data)), second.run(NamedArrays.inputs(of: second, from: data)),
            names: (path, other))
        let decisions = Decisions(metadata: second.metadata.merging(first.metadata) { _, own in own })
        let flips = comparison.pairs.map { decisions.flips($0.first, $0.second) }
        var text = "output, shape, largest absolute, relative and ULP difference, decisions that flip\n"
        for (pair, flip) in zip(comparison.pairs, flips) {
            text += "\(pair.name), \(pair.first.shape), \(pair.largestAbsolute), \(pair.largestRelative), \(pair.largestULP), "
                + "\(flip?.description ?? "none are made")\n"
        }
        let flipped = flips.compactMap { $0?.count }.reduce(0, +)
        let largest = comparison.largestScaled
        let measured = "largest difference \(largest) · max(1, |value|), tolerance \(tolerance), \(flipped) decisions flip"
        return CommandResult(
            output: text,
            conclusion: largest <= tolerance && flipped == 0
                ? .success("\(path) and \(other) agree: \(measured)")
                : .targetsMissed("\(path) and \(other) disagree: \(measured); export one of them again"))
    }
}

/// What a model's output decides, if anything.
struct Decisions {
    private let threshold: Float?

    /// - Parameter metadata: of the model; its threshold makes alarms of scores.
    init(metadata: [String: String]) { threshold = metadata[MetadataKey.threshold].flatMap { Float($0) } }

    struct Flips: CustomStringConvertible {
        var count: Int
        var of: Int
        var description: String { "\(count) of \(of)" }
    }

    /// How many rows are decided differently: scores on the other side of the threshold, or another largest class. nil where
    /// the output decides nothing, as a forecast.
    func flips(_ first: Tensor, _ second: Tensor) -> Flips? {
        let rows = first.shape.first ?? 0
        guard rows > 0, first.shape.count == 2 else { return nil }
        let width = first.values.count / rows
        if width == 1 {
            guard let threshold else { return nil }
            let count = zip(first.values, second.values).count { ($0 >= threshold) != ($1 >= threshold) }
            return Flips(count: count, of: rows)
        }
        let count = (0 ..< rows).count { row in
            let range = row * width ..< (row + 1) * width
            return Self.largest(first.values[range]) != Self.largest(second.values[range])
        }
        return Flips(count: count, of: rows)
    }

    /// The position of the largest value, the first of equals.
    private static func largest(_ values: ArraySlice<Float>) -> Int {
        values.indices.reduce(values.startIndex) { values[$1] > values[$0] ? $1 : $0 } - values.startIndex
    }
}
