/// A pair of values. Either may be NaN: lines break there, scatter leaves the point out.
public struct ChartPoint: Sendable, Equatable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
}

/// A named sequence of points.
public struct ChartSeries: Sendable, Equatable {
    public var name: String
    /// In drawing order, usually by ascending x.
    public var points: [ChartPoint]

    public init(_ name: String, points: [ChartPoint]) {
        self.name = name
        self.points = points
    }

    public init(_ name: String, x: [Double], y: [Double]) {
        self.init(name, points: zip(x, y).map { ChartPoint(x: $0, y: $1) })
    }
}

/// Fewer points that look the same, so that a file's size has a bound.
enum Thinning {
    /// Keeps first, lowest, highest and last point of each of `buckets` runs of neighbours: spikes survive.
    static func line(_ points: [ChartPoint], buckets: Int = 300) -> [ChartPoint] {
        guard points.count > buckets * 4 else { return points }
        var kept: [ChartPoint] = []
        for bucket in 0 ..< buckets {
            let run = points[points.count * bucket / buckets ..< points.count * (bucket + 1) / buckets]
            let finite = run.indices.filter { run[$0].y.isFinite }
            var chosen: Set<Int> = [run.startIndex, run.endIndex - 1]
            if let low = finite.min(by: { run[$0].y < run[$1].y }) { chosen.insert(low) }
            if let high = finite.max(by: { run[$0].y < run[$1].y }) { chosen.insert(high) }
            if finite.count < run.count, let gap = run.indices.first(where: { !run[$0].y.isFinite }) { chosen.insert(gap) }
            kept += chosen.sorted().map { points[$0] }
        }
        return kept
    }

    /// At most `count` points at even distances in the list.
    static func scatter(_ points: [ChartPoint], count: Int = 2_000) -> [ChartPoint] {
        guard points.count > count else { return points }
        return (0 ..< count).map { points[$0 * points.count / count] }
    }
}
