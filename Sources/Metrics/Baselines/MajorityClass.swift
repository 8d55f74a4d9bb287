/// The most frequent class.
public enum MajorityClass {
    /// The lowest of equally frequent ones; nil for no rows.
    public static func choose(_ classes: [Int], classCount: Int) -> Int? {
        guard !classes.isEmpty else { return nil }
        var counts = [Int](repeating: 0, count: classCount)
        for label in classes { counts[label] += 1 }
        return counts.indices.reduce(0) { counts[$1] > counts[$0] ? $1 : $0 }
    }
}
