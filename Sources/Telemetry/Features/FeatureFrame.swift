/// A model's input columns over the rows of one part, row-major in segment order: a window is a contiguous slice.
public struct FeatureFrame<Role: PartRole>: Sendable {
    public let plan: FeaturePlan
    /// `[row, feature]`; never NaN or infinite.
    public let values: [Float]
    public let featureCount: Int
    /// Row ranges without a gap or a change of link inside; together they are all rows, in order.
    public let segments: [Range<Int>]
    /// The links that have rows, sorted.
    public let links: [LinkKey]
    /// The link of each row: an index into `links`.
    public let linkOfRow: [Int32]
    /// Microseconds since 1970, one per row.
    public let timestamps: [Int64]
    /// The row of the source table that each row was computed for.
    public let sourceRows: [Int32]
    private let columns: [String: [Float]]

    public var rowCount: Int { timestamps.count }

    /// Computes a plan's features over a part, each from rows of the same segment only.
    /// - Throws: `MissingColumnsError` when the part's table lacks columns that the plan reads.
    public init(_ part: Part<Role>, plan: FeaturePlan) throws(MissingColumnsError) {
        try part.requireColumns(plan.columns, for: plan.model)
        let rows = part.segments.rows
        let width = plan.features.count
        let formulas = plan.features.map(\.formula)
        var values = [Float](repeating: 0, count: rows.count * width)
        var linkOfRow = [Int32](repeating: 0, count: rows.count)
        for segment in part.segments.segments {
            for position in segment.positions { linkOfRow[position] = Int32(segment.link) }
            for (feature, column) in part.values(of: formulas, over: segment).enumerated() {
                var lastKnown = plan.features[feature].fillValue
                for (position, value) in zip(segment.positions, column) {
                    if !value.isNaN { lastKnown = value }
                    values[position * width + feature] = lastKnown
                }
            }
        }
        self.plan = plan
        self.values = values
        featureCount = width
        segments = part.segments.segments.map(\.positions)
        links = part.segments.links
        self.linkOfRow = linkOfRow
        timestamps = rows.map { part.table.timestamps[Int($0)] }
        sourceRows = rows
        columns = part.table.columns
    }

    /// One row's features, `[feature]`.
    public func row(_ row: Int) -> ArraySlice<Float> { values[row * featureCount ..< (row + 1) * featureCount] }

    /// A column of the source table in this frame's row order, as recorded (NaN where missing): for targets and labels. nil
    /// when the table has no such column.
    public func column(_ name: String) -> [Float]? {
        columns[name].map { column in sourceRows.map { column[Int($0)] } }
    }
}
