import CInference
import ModelGraph

/// The right side of the one matrix product of this target, packed for it: strips of columns that are read in one go.
struct PackedMatrix: Sendable {
    let inner: Int
    let columns: Int
    /// Strip after strip; each holds `inner` lines as wide as the strip, padded with zeros to whole vectors.
    private let strips: [Float]

    private static let stripWidth = Int(CINFERENCE_STRIP)
    private static let lanes = Int(CINFERENCE_LANES)

    /// - Precondition: `values` is `[inner, columns]`.
    init(_ values: [Float], inner: Int, columns: Int) {
        precondition(values.count == inner * columns, "\(values.count) values are no matrix [\(inner), \(columns)]")
        self.inner = inner
        self.columns = columns
        var strips: [Float] = []
        for start in stride(from: 0, to: columns, by: Self.stripWidth) {
            let width = min(Self.stripWidth, columns - start)
            let padding = Array(repeating: Float(0), count: Self.padded(width) - width)
            for line in 0 ..< inner {
                strips += values[line * columns + start ..< line * columns + start + width]
                strips += padding
            }
        }
        self.strips = strips
    }

    /// - Precondition: the tensor has two axes.
    init(_ tensor: Tensor) { self.init(tensor.values, inner: tensor.shape[0], columns: tensor.shape[1]) }

    /// `result += left · self`; left `[rows, inner]` with `leftStride` values from row to row, result `[rows, columns]`,
    /// dense.
    ///
    /// Every element is a sum in ascending order of `inner` of separately rounded products, starting from the element's
    /// old value. No element's order depends on `rows`, so a row gives the same bits in every batch.
    ///
    /// Bounds: reads `left[row · leftStride + inner − 1]` at most, writes below `rows · columns`.
    func accumulate(
        _ left: UnsafePointer<Float>, leftStride: Int, into result: UnsafeMutablePointer<Float>, rows: Int
    ) {
        strips.withUnsafeBufferPointer { strips in
            guard var strip = strips.baseAddress else { return }
            for start in stride(from: 0, to: columns, by: Self.stripWidth) {
                let width = min(Self.stripWidth, columns - start)
                cinference_accumulate(left, leftStride, strip, result + start, columns, rows, inner, width)
                strip += inner * Self.padded(width)
            }
        }
    }

    private static func padded(_ width: Int) -> Int { (width + lanes - 1) / lanes * lanes }
}
