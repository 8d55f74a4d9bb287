/// A mean as sums: rows and their total. Of 1 and 0 it is a share, such as accuracy or incident recall.
public struct MeanSums: RowSums, Equatable {
    private var count = 0.0
    private var total = 0.0

    public init() {}

    /// The sums of one row.
    public init(_ value: Double) { (count, total) = (1, value) }

    /// The sums of one row that is right or wrong.
    public init(_ isRight: Bool) { self.init(isRight ? 1 : 0) }

    public mutating func add(_ other: MeanSums, times weight: Double) {
        count += other.count * weight
        total += other.total * weight
    }

    public var mean: Double? { (total / count).ifFinite }
}
