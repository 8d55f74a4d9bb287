/// A row-major float32 matrix in memory that somebody else owns; rows lie `stride` floats apart.
public struct MatrixView {
    public let base: UnsafePointer<Float>
    public let rows: Int
    public let columns: Int
    public let stride: Int

    /// - Parameter stride: nil when rows follow each other without a gap.
    public init(_ base: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
    }
}

/// A matrix to write into.
public struct MutableMatrixView {
    public let base: UnsafeMutablePointer<Float>
    public let rows: Int
    public let columns: Int
    public let stride: Int

    /// - Parameter stride: nil when rows follow each other without a gap.
    public init(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int? = nil) {
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
    }
}

extension MatrixView {
    /// The same memory, to read.
    public init(_ matrix: MutableMatrixView) {
        self.init(matrix.base, rows: matrix.rows, columns: matrix.columns, stride: matrix.stride)
    }
}

extension MutableMatrixView {
    /// Some of the rows.
    public func rows(_ range: Range<Int>) -> MutableMatrixView {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "the matrix has \(rows) rows, not \(range)")
        return MutableMatrixView(base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
    }
}
