import ModelGraph

/// The forest's scaling, `(x − center) / scale` in float32, checked once so that the loops below need no checks.
struct RobustScaling: Sendable {
    let center: [Float]
    let scale: [Float]

    var featureCount: Int { center.count }

    init(center: Tensor, scale: Tensor) throws(IsolationForestError) {
        guard center.shape.count == 1, center.shape[0] >= 1 else {
            throw .shape(name: "center", found: center.shape, expected: "[feature] with at least one feature")
        }
        guard scale.shape == center.shape else {
            throw .shape(name: "scale", found: scale.shape, expected: "\(center.shape) like center")
        }
        for (column, value) in scale.values.enumerated() where !(value > 0 && value.isFinite) {
            throw .scale(column: column, found: value)
        }
        self.center = center.values
        self.scale = scale.values
    }

    func rowCount(of frame: Tensor) throws(IsolationForestError) -> Int {
        guard frame.shape.count == 2, frame.shape[1] == featureCount else {
            throw .shape(name: "the frame", found: frame.shape, expected: "[row, \(featureCount)]")
        }
        return frame.shape[0]
    }

    func checkFinite(_ frame: Tensor, rows: [Int]?) throws(IsolationForestError) {
        let found = frame.values.withUnsafeBufferPointer { values in
            if let rows {
                rows.first { !allScaledFinite(values, row: $0) }
            } else {
                (0 ..< frame.shape[0]).first { !allScaledFinite(values, row: $0) }
            }
        }
        if let found { throw firstNotFinite(frame, row: found) }
    }

    /// The error for a row of which one value is not finite before or after scaling.
    func firstNotFinite(_ frame: Tensor, row: Int) -> IsolationForestError {
        for column in 0 ..< featureCount {
            let value = frame.values[row * featureCount + column]
            if !scaled(value, column: column).isFinite {
                return .notFinite(row: row, column: column, found: value, scaled: value.isFinite)
            }
        }
        preconditionFailure("row \(row) is finite")
    }

    @inline(__always)
    func scaled(_ value: Float, column: Int) -> Float { (value - center[column]) / scale[column] }

    /// Whether `row` of row-major `values` is finite after scaling. `values` must hold the row.
    private func allScaledFinite(_ values: UnsafeBufferPointer<Float>, row: Int) -> Bool {
        center.withUnsafeBufferPointer { center in
            scale.withUnsafeBufferPointer { scale in
                // A finite number minus itself is 0; infinities and NaN give NaN, which a sum keeps.
                var probe: Float = 0
                for column in 0 ..< center.count {
                    let value = (values[row * center.count + column] - center[column]) / scale[column]
                    probe += value - value
                }
                return probe == 0
            }
        }
    }

    /// Writes the scaled rows `first ..< first + count` to `target`, row-major, and returns the first that is not finite.
    ///
    /// `source` must hold the rows, `target` at least `count` rows.
    func scale(
        _ source: UnsafeBufferPointer<Float>, first: Int, count: Int, into target: UnsafeMutableBufferPointer<Float>
    ) -> Int? {
        center.withUnsafeBufferPointer { center in
            scale.withUnsafeBufferPointer { scale in
                var bad: Int?
                for row in 0 ..< count {
                    var probe: Float = 0
                    for column in 0 ..< center.count {
                        let value = (source[(first + row) * center.count + column] - center[column]) / scale[column]
                        target[row * center.count + column] = value
                        probe += value - value
                    }
                    if probe != 0, bad == nil { bad = first + row }
                }
                return bad
            }
        }
    }
}
