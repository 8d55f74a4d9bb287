/// The labels of windows: a window is abnormal when any of its steps is, and the abnormal windows around one run of labelled
/// steps are an episode.
///
/// Labelled runs of one segment that are at most one window apart are one episode: they share windows, or nearly so. Windows must
/// end at every row (stride 1), so that neighbouring windows are neighbours in time.
public struct WindowEpisodes: Sendable {
    /// Per window.
    public let isAbnormal: [Bool]
    /// The abnormal windows of each episode, in time order.
    public let windowsOfEpisode: [[Int]]
    /// Time of each episode's first labelled step, seconds since 1970.
    public let starts: [Double]
    /// The frame segment of each window.
    public let segments: [Int]
    /// The time of each window's last step, seconds since 1970.
    public let seconds: [Double]

    /// - Parameter gapWindows: labelled runs parted by at most this many window lengths are one episode; at least 1.
    public init<Role>(_ windows: WindowSet<Role>, labels: AnomalyLabels, gapWindows: Int = 1) {
        precondition(gapWindows >= 1, "runs less than a window apart share windows, so they cannot be told apart")
        let frame = windows.frame
        // Labelled rows before each row: a window is abnormal when the count grows inside it.
        var labelledBefore = [Int](repeating: 0, count: frame.rowCount + 1)
        for row in 0 ..< frame.rowCount { labelledBefore[row + 1] = labelledBefore[row] + (labels.isAbnormal[row] ? 1 : 0) }
        let isAbnormal = (0 ..< windows.count).map { window in
            let rows = windows.rows(ofWindow: window)
            return labelledBefore[rows.upperBound] > labelledBefore[rows.lowerBound]
        }
        let segments = windows.endRows.map { labels.segmentOfRow[Int($0)] }
        // With g steps between two labelled ones, g − (windowLength − 1) normal windows lie between the abnormal ones.
        let bridgedWindows = (gapWindows - 1) * windows.windowLength + 1
        var episodes: [[Int]] = []
        for window in isAbnormal.indices where isAbnormal[window] {
            let last = episodes.last?.last ?? 0
            let continues = !episodes.isEmpty && segments[last] == segments[window] && window - last - 1 <= bridgedWindows
            if continues { episodes[episodes.count - 1].append(window) } else { episodes.append([window]) }
        }
        self.isAbnormal = isAbnormal
        self.segments = segments
        windowsOfEpisode = episodes
        starts = episodes.map { episode in
            let row = windows.rows(ofWindow: episode[0]).first { labels.isAbnormal[$0] }
            return Double(frame.timestamps[row ?? Int(windows.endRows[episode[0]])]) / 1e6
        }
        seconds = windows.endRows.map { Double(frame.timestamps[Int($0)]) / 1e6 }
    }
}

extension WindowSet {
    /// A column of the frame over every window, `[window, step]` row-major; a missing cell is the segment's last known one, else
    /// the column's mean.
    public func histories(of column: [Float]) -> [Double] {
        let known = column.filter(\.isFinite)
        let mean = known.isEmpty ? 0 : known.reduce(0) { $0 + Double($1) } / Double(known.count)
        var filled = [Double](repeating: mean, count: column.count)
        for segment in frame.segments {
            var last = mean
            for row in segment {
                if column[row].isFinite { last = Double(column[row]) }
                filled[row] = last
            }
        }
        return (0 ..< count).flatMap { window in filled[rows(ofWindow: window)] }
    }
}
