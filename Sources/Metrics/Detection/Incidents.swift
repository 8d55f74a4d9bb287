/// What happens to whole incidents or episodes, each given as its rows in time order. An incident is found when at least
/// one of its rows is an alarm; its other rows stay as they are (point adjustment, which would call them all found, is
/// never used).
public enum Incidents {
    /// Whether each incident is found.
    public static func found(_ incidents: [some Collection<Int>], alarms: [Bool]) -> [Bool] {
        incidents.map { rows in rows.contains { alarms[$0] } }
    }

    /// Share of incidents found; nil for no incidents.
    public static func recall(_ incidents: [some Collection<Int>], alarms: [Bool]) -> Double? {
        let found = found(incidents, alarms: alarms)
        return (Double(found.count { $0 }) / Double(found.count)).ifFinite
    }

    /// Seconds from each incident's start to its first alarm; nil where it was not found.
    ///
    /// - Parameters:
    ///   - seconds: the time of each row.
    ///   - starts: the start of each incident; its first row's time where none are given.
    public static func delays(
        _ incidents: [some Collection<Int>], alarms: [Bool], seconds: [Double], starts: [Double]? = nil
    ) -> [Double?] {
        incidents.enumerated().map { number, rows in
            guard let firstRow = rows.first, let alarm = rows.first(where: { alarms[$0] }) else { return nil }
            return seconds[alarm] - (starts?[number] ?? seconds[firstRow])
        }
    }

    /// Episodes: maximal runs of labelled rows inside a series. Runs parted by at most `gap` unlabelled rows are one, and
    /// its range then holds those rows too.
    ///
    /// - Parameter series: of each row; the rows of a series are consecutive and in time order. Rows on either side of a
    ///   recording gap count as two series.
    public static func episodes(labels: [Bool], series: [Int], mergingGapsUpTo gap: Int = 0) -> [Range<Int>] {
        precondition(labels.count == series.count, "one label and one series per row")
        var episodes: [Range<Int>] = []
        for row in labels.indices where labels[row] {
            if let last = episodes.last, row - last.upperBound <= gap, series[last.lowerBound] == series[row] {
                episodes[episodes.count - 1] = last.lowerBound ..< row + 1
            } else {
                episodes.append(row ..< row + 1)
            }
        }
        return episodes
    }

    /// Runs of alarms per day of recording, over all series together: how often somebody is called.
    ///
    /// - Parameters:
    ///   - series, gap: as for `episodes`; a run of alarms calls once.
    ///   - seconds: the time of each row; the recording lasts from the first to the last.
    /// - Returns: nil where the recording has no duration.
    public static func alarmsPerDay(
        alarms: [Bool], series: [Int], seconds: [Double], mergingGapsUpTo gap: Int = 0
    ) -> Double? {
        guard let first = seconds.min(), let last = seconds.max(), last > first else { return nil }
        let runs = episodes(labels: alarms, series: series, mergingGapsUpTo: gap)
        return (Double(runs.count) * 86_400 / (last - first)).ifFinite
    }
}
