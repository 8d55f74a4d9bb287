public import Randomness

/// Classifies a row by the majority of its nearest training rows, Euclidean over standardised features (Cover, Hart 1967).
///
/// Distances are float32. Of equally frequent classes the lowest wins, as in scikit-learn's `KNeighborsClassifier`; of
/// equally near rows the earlier. A query costs one pass over the training rows.
public struct NearestNeighbours: Sendable, Codable, Equatable {
    public let neighbours: Int
    private let classCount: Int
    /// By column.
    private let means: [Float]
    private let deviations: [Float]
    private let classes: [Int]
    /// Standardised training rows in groups of sixteen, `[group][column][row in group]`: one query column meets sixteen rows
    /// at a time. Rows that fill the last group lie infinitely far away.
    private let groups: [Float]

    private typealias Lanes = SIMD16<Float>

    /// - Parameters:
    ///   - features: row-major `[row, column]`.
    ///   - classes: 0 ..< `classCount`, one per row.
    ///   - maximumRows: more training rows than this are thinned to a random choice of that many.
    /// - Returns: nil for fewer rows than `neighbours` or a value that is not finite.
    public init?(
        features: [Float], columnCount: Int, classes: [Int], classCount: Int, neighbours: Int = 5,
        maximumRows: Int = 15_000, stream: RandomStream
    ) {
        precondition(columnCount > 0 && features.count == classes.count * columnCount, "\(columnCount) features per class")
        precondition(neighbours > 0, "at least one neighbour")
        precondition(classes.allSatisfy { (0 ..< classCount).contains($0) }, "a class outside 0 ..< \(classCount)")
        guard classes.count >= neighbours, features.allSatisfy(\.isFinite) else { return nil }
        var rows = Array(classes.indices)
        if rows.count > maximumRows {
            var stream = stream
            stream.shuffle(&rows)
            rows = rows.prefix(maximumRows).sorted()
        }
        let scales = (0 ..< columnCount).map { column in
            GroupScale(rows.map { Double(features[$0 * columnCount + column]) }) ?? GroupScale(center: 0, deviation: 1)
        }
        means = scales.map { Float($0.center) }
        // A constant column says nothing; dividing by 1 leaves it at zero.
        deviations = scales.map { $0.deviation > 0 ? Float($0.deviation) : 1 }
        let width = Lanes.scalarCount, groupCount = (rows.count + width - 1) / width
        var groups = [Float](repeating: .infinity, count: groupCount * columnCount * width)
        for (place, row) in rows.enumerated() {
            for column in 0 ..< columnCount {
                groups[(place / width * columnCount + column) * width + place % width] =
                    (features[row * columnCount + column] - means[column]) / deviations[column]
            }
        }
        self.groups = groups
        self.classes = rows.map { classes[$0] }
        self.classCount = classCount
        self.neighbours = neighbours
    }

    /// The class of each row of row-major `features`; nil where one of its features is not finite.
    public func predict(_ features: [Float]) -> [Int?] {
        let columnCount = means.count
        precondition(features.count % columnCount == 0, "\(features.count) features, \(columnCount) a row")
        return groups.withUnsafeBytes { groups in
            stride(from: 0, to: features.count, by: columnCount).map { start in
                let query = (0 ..< columnCount).map { (features[start + $0] - means[$0]) / deviations[$0] }
                guard query.allSatisfy(\.isFinite) else { return nil }
                return vote(nearest(to: query, in: groups))
            }
        }
    }

    /// The nearest training rows, nearest first. `groups` holds whole groups of `query.count` columns.
    private func nearest(to query: [Float], in groups: UnsafeRawBufferPointer) -> [Int] {
        let laneBytes = MemoryLayout<Lanes>.stride, groupBytes = query.count * laneBytes
        var distances = [Float](repeating: .infinity, count: neighbours)
        var rows = [Int](repeating: 0, count: neighbours)
        for group in 0 ..< groups.count / groupBytes {
            var sum = Lanes(repeating: 0)
            for column in query.indices {
                let difference = groups.loadUnaligned(
                    fromByteOffset: group * groupBytes + column * laneBytes, as: Lanes.self) - query[column]
                sum += difference * difference
            }
            guard any(sum .< distances[neighbours - 1]) else { continue }
            for lane in 0 ..< Lanes.scalarCount where sum[lane] < distances[neighbours - 1] {
                // Insertion from behind; an equal distance stays behind the earlier row.
                var place = neighbours - 1
                while place > 0, distances[place - 1] > sum[lane] {
                    distances[place] = distances[place - 1]
                    rows[place] = rows[place - 1]
                    place -= 1
                }
                distances[place] = sum[lane]
                rows[place] = group * Lanes.scalarCount + lane
            }
        }
        return rows
    }

    private func vote(_ rows: [Int]) -> Int {
        MajorityClass.choose(rows.map { classes[$0] }, classCount: classCount) ?? 0
    }
}
