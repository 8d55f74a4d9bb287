import Failures
import ModelGraph

/// The outputs of two model files on the same inputs, side by side.
struct OutputComparison {
    struct Pair {
        let name: String
        let first: Tensor
        let second: Tensor

        private func largest(_ difference: (Float, Float) -> Double) -> Double {
            zip(first.values, second.values).reduce(0) { largest, pair in
                let value = pair.0 == pair.1 || (pair.0.isNaN && pair.1.isNaN) ? 0 : difference(pair.0, pair.1)
                return value.isNaN ? .infinity : max(largest, value)
            }
        }

        var largestAbsolute: Double { largest { abs(Double($0) - Double($1)) } }
        /// |a − b| / |b|.
        var largestRelative: Double { largest { abs(Double($0) - Double($1)) / abs(Double($1)) } }
        /// What artifacts are held to.
        var largestScaled: Double { largest(ArtifactRecord.difference) }
        /// How many float32 numbers lie between, counted on the ordered number line (−0 and 0 are the same place).
        var largestULP: Int64 {
            zip(first.values, second.values).reduce(0) { max($0, abs(Self.place($1.0) - Self.place($1.1))) }
        }

        private static func place(_ value: Float) -> Int64 {
            let magnitude = Int64(value.bitPattern & 0x7FFF_FFFF)
            return value.sign == .minus ? -magnitude : magnitude
        }
    }

    let pairs: [Pair]

    /// Pairs outputs by name; where each model has one output only, by being the only one.
    /// - Parameter names: of the two files, for errors.
    /// - Throws: `ArrayFileError` when the models share no output or one has another shape.
    init(_ first: [String: Tensor], _ second: [String: Tensor], names: (first: String, second: String)) throws(ArrayFileError) {
        var pairs: [Pair] = []
        if first.count == 1, second.count == 1, let one = first.first, let other = second.first {
            pairs = [Pair(name: one.key, first: one.value, second: other.value)]
        } else {
            for (name, tensor) in first.sorted(by: { $0.key < $1.key }) {
                if let other = second[name] { pairs.append(Pair(name: name, first: tensor, second: other)) }
            }
        }
        guard !pairs.isEmpty else {
            throw ArrayFileError(
                .invalidData, "cannot compare \(names.first) with \(names.second): their outputs are "
                    + "\(first.keys.sorted().joined(separator: ", ")) and \(second.keys.sorted().joined(separator: ", ")); "
                    + "give two files of one model")
        }
        for pair in pairs where pair.first.shape != pair.second.shape {
            throw ArrayFileError(
                .invalidData, "cannot compare \(names.first) with \(names.second): the output \(pair.name) has the shapes "
                    + "\(pair.first.shape) and \(pair.second.shape); give two files of one model")
        }
        self.pairs = pairs
    }

    var largestAbsolute: Double { pairs.map(\.largestAbsolute).max() ?? 0 }
    var largestScaled: Double { pairs.map(\.largestScaled).max() ?? 0 }
}
