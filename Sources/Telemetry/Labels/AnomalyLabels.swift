/// Which rows of a frame are abnormal, and which of them belong to one incident.
public struct AnomalyLabels: Sendable {
    /// Where the labels come from.
    public enum Source: String, Sendable, Codable {
        case incidents = "labelled incidents"
        case anomalyColumn = "column is_anomaly"
        case none = "no labels"
    }

    public let source: Source
    /// Per frame row.
    public let isAbnormal: [Bool]
    /// The frame rows of each incident that has any, in time order. Where the labels come from a column, runs of abnormal
    /// rows stand in; those that overlap in time on links with a common end are one incident.
    public let rowsOfIncident: [[Int]]
    /// When each incident started, microseconds since 1970; never before the frame's first row, since nobody can see it there.
    public let starts: [Int64]
    /// The segment of each frame row, counted from 0: neighbouring rows of one segment are one step apart.
    public let segmentOfRow: [Int]

    /// The column that labels rows where a recording has no incidents file.
    public static let column = "is_anomaly"

    /// - Parameters:
    ///   - incidents: nil when there is no incidents file; the column, if the table has it, is then the label.
    ///   - types: counts incidents of these types only; all when nil. The column cannot tell types apart.
    public init<Role>(_ incidents: [Incident]?, ofTypes types: [String]? = nil, over frame: FeatureFrame<Role>) {
        segmentOfRow = frame.segments.enumerated().flatMap { segment, rows in Array(repeating: segment, count: rows.count) }
        if let incidents {
            let counted = incidents.filter { types?.contains($0.type) ?? true }
            let rows = Self.rows(of: counted, in: frame)
            let touched = counted.indices.filter { !rows[$0].isEmpty }
            var isAbnormal = [Bool](repeating: false, count: frame.rowCount)
            for row in touched.flatMap({ rows[$0] }) { isAbnormal[row] = true }
            source = .incidents
            self.isAbnormal = isAbnormal
            rowsOfIncident = touched.map { rows[$0] }
            let firstInstant = frame.timestamps.min() ?? .min
            starts = touched.map { max(counted[$0].start, firstInstant) }
        } else if let column = frame.column(Self.column), column.contains(where: \.isFinite) {
            source = .anomalyColumn
            isAbnormal = column.map { $0 > 0 }
            rowsOfIncident = Self.incidents(from: Self.runs(isAbnormal, segments: frame.segments), in: frame)
            starts = rowsOfIncident.map { frame.timestamps[$0[0]] }
        } else {
            source = .none
            isAbnormal = Array(repeating: false, count: frame.rowCount)
            rowsOfIncident = []
            starts = []
        }
    }

    private static func rows<Role>(of incidents: [Incident], in frame: FeatureFrame<Role>) -> [[Int]] {
        let rowsByTime = (0 ..< frame.rowCount).sorted { (frame.timestamps[$0], $0) < (frame.timestamps[$1], $1) }
        let times = rowsByTime.map { frame.timestamps[$0] }
        return incidents.map { incident in
            let affected = frame.links.map(incident.affects)
            let first = times.partitioningIndex { $0 >= incident.start }
            let end = max(first, times.partitioningIndex { $0 > incident.end })
            return rowsByTime[first ..< end].filter { affected[Int(frame.linkOfRow[$0])] }
        }
    }

    private static func runs(_ isAbnormal: [Bool], segments: [Range<Int>]) -> [[Int]] {
        var runs: [[Int]] = []
        for segment in segments {
            for row in segment where isAbnormal[row] {
                if row > segment.lowerBound, isAbnormal[row - 1] {
                    runs[runs.count - 1].append(row)
                } else {
                    runs.append([row])
                }
            }
        }
        return runs
    }

    /// Runs that overlap in time on links with a common end are one incident: it reached several links of a node, and counting
    /// each of them would make dependent units look independent.
    private static func incidents<Role>(from runs: [[Int]], in frame: FeatureFrame<Role>) -> [[Int]] {
        func isEarlier(_ a: Int, _ b: Int) -> Bool { (frame.timestamps[a], a) < (frame.timestamps[b], b) }
        var merged: [(rows: [Int], end: Int64, nodes: Set<String>)] = []
        for run in runs.sorted(by: { isEarlier($0[0], $1[0]) }) {
            let link = frame.links[Int(frame.linkOfRow[run[0]])], start = frame.timestamps[run[0]]
            var incident = (rows: run, end: frame.timestamps[run[run.count - 1]], nodes: Set([link.node, link.peer]))
            merged.removeAll { other in
                guard other.end >= start, !other.nodes.isDisjoint(with: [link.node, link.peer]) else { return false }
                incident = (other.rows + incident.rows, max(other.end, incident.end), other.nodes.union(incident.nodes))
                return true
            }
            merged.append(incident)
        }
        return merged.map { $0.rows.sorted(by: isEarlier) }.sorted { isEarlier($0[0], $1[0]) }
    }
}

extension Array {
    /// The first index at which `predicate` holds, in an array where it holds from some element on.
    func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
