/// What layer normalisation does to one vector.
enum VectorNormalization {
    /// `(x − mean) / √(variance + epsilon)` in place, biased variance; sums in double, first to last.
    static func apply(_ values: UnsafeMutableBufferPointer<Float>, epsilon: Double) {
        let count = Double(values.count)
        var sum = 0.0
        for value in values { sum += Double(value) }
        let mean = sum / count
        var squares = 0.0
        for value in values {
            let centred = Double(value) - mean
            squares += centred * centred
        }
        let factor = 1 / (squares / count + epsilon).squareRoot()
        for index in values.indices { values[index] = Float((Double(values[index]) - mean) * factor) }
    }
}
