/// Windows of `windowLength` successive rows of a frame, each wholly inside one segment: views that copy nothing.
///
/// There is no way to make one but from a frame, which is of one part; so no window crosses a gap, a link or a split
/// boundary.
public struct WindowSet<Role: PartRole>: Sendable {
    public let frame: FeatureFrame<Role>
    public let windowLength: Int
    /// The frame row of each window's last step, ascending.
    public let endRows: [Int32]

    public var count: Int { endRows.count }

    /// - Parameters:
    ///   - windowLength: steps per window.
    ///   - stride: rows from one window's end to the next one's inside a segment; `windowLength` gives disjoint windows.
    ///   - requiresNextRow: leaves out a segment's last window, whose target, the row after its end, is not in the segment.
    ///   - isKept: whether to keep the window of these frame rows, for example only those whose rows are all normal. With
    ///     `requiresNextRow`, the target row is `rows.upperBound`.
    public init(
        _ frame: FeatureFrame<Role>, windowLength: Int, stride: Int = 1, requiresNextRow: Bool = false,
        where isKept: (_ rows: Range<Int>) -> Bool = { _ in true }
    ) {
        precondition(windowLength > 0 && stride > 0, "a window of \(windowLength) rows every \(stride) rows does not exist")
        var endRows: [Int32] = []
        for segment in frame.segments {
            let last = segment.upperBound - (requiresNextRow ? 2 : 1)
            for end in Swift.stride(from: segment.lowerBound + windowLength - 1, through: last, by: stride)
            where isKept(end + 1 - windowLength ..< end + 1) {
                endRows.append(Int32(end))
            }
        }
        self.frame = frame
        self.windowLength = windowLength
        self.endRows = endRows
    }

    /// The frame rows of a window.
    public func rows(ofWindow window: Int) -> Range<Int> {
        let end = Int(endRows[window])
        return end + 1 - windowLength ..< end + 1
    }

    /// A window's features, `[time, feature]`: a slice of the frame's storage.
    public func values(ofWindow window: Int) -> ArraySlice<Float> {
        let rows = rows(ofWindow: window)
        return frame.values[rows.lowerBound * frame.featureCount ..< rows.upperBound * frame.featureCount]
    }
}
