extension SampleStore {
    /// Shapes and windows.
    static func check(_ samples: WindowedRows, for network: CompiledNetwork, purpose: String) throws {
        let input = network.specification.input
        guard !samples.windowEnds.isEmpty else {
            throw NetworkError(data: purpose, "it has no samples; give at least one")
        }
        guard samples.featureCount == input.features, samples.windowLength == input.steps else {
            throw NetworkError(
                data: purpose,
                "its samples are \(samples.windowLength) rows by \(samples.featureCount) features, "
                    + "the network expects \(input); build both from the same settings")
        }
        guard samples.rows.count % samples.featureCount == 0 else {
            throw NetworkError(
                data: purpose,
                "\(samples.rows.count) numbers are not whole rows of \(samples.featureCount)"
            )
        }
        let rowCount = samples.rows.count / samples.featureCount
        if let wrong = samples.windowEnds.first(where: { Int($0) < samples.windowLength - 1 || Int($0) >= rowCount }) {
            throw NetworkError(
                data: purpose,
                "a window of \(samples.windowLength) rows ends at row \(wrong), but the frame has "
                    + "rows 0 ..< \(rowCount)")
        }
    }

    /// Rows outside every window may hold anything.
    /// - Parameter rows: those of `samples`, normalised: what was not finite before is not finite now.
    static func checkFinite(_ rows: UnsafeBufferPointer<Float>, of samples: WindowedRows, purpose: String) throws {
        let features = samples.featureCount
        guard rows.contains(where: { !$0.isFinite }) else { return }
        for (sample, end) in samples.windowEnds.enumerated() {
            let first = Int(end) - samples.windowLength + 1
            let window = rows[first * features ..< (Int(end) + 1) * features]
            guard let wrong = window.firstIndex(where: { !$0.isFinite }) else { continue }
            let given = samples.rows[wrong]
            let found = given.isFinite ? "\(rows[wrong]) after normalization" : "\(given)"
            throw NetworkError(
                data: purpose,
                "sample \(sample) has \(found) in row \(wrong / features), feature \(wrong % features); leave such windows out, "
                    + "or fill the gap first")
        }
    }

    static func check(_ weights: [Float], sampleCount: Int, purpose: String) throws {
        guard weights.count == sampleCount else {
            throw NetworkError(data: purpose, "\(weights.count) sample weights for \(sampleCount) samples")
        }
        if let wrong = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw NetworkError(
                data: purpose,
                "sample \(wrong) has the weight \(weights[wrong]); weights are finite and not "
                    + "negative")
        }
    }

    /// Number, finiteness and meaning of target values.
    static func check(
        _ values: [Float], perSample: Int, width: Int, of samples: WindowedRows, _ loss: Loss, _ output: SampleShape,
        _ purpose: String
    ) throws {
        guard values.count == samples.sampleCount * perSample else {
            throw NetworkError(
                data: purpose,
                "\(values.count) target numbers for \(samples.sampleCount) samples, the network's "
                    + "output \(output) needs \(perSample) for each")
        }
        try values.withUnsafeBufferPointer { values in
            for first in stride(from: 0, to: values.count, by: width) {
                let target = UnsafeBufferPointer(rebasing: values[first ..< first + width])
                let objection =
                    target.allSatisfy(\.isFinite)
                    ? loss.objection(to: target, outputs: output.features) : "is not finite"
                if let objection {
                    throw NetworkError(
                        data: purpose,
                        "the target of sample \(first / perSample) \(objection)")
                }
            }
        }
    }
}
