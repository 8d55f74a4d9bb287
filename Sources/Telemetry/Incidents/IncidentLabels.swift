/// Which rows of a table lie inside which incident.
public struct IncidentLabels: Sendable, Equatable {
    public let incidents: [Incident]
    /// For each row of the table the index of the incident that covers it, −1 where there is none. Of several the one that
    /// started first (the first listed, if they started together).
    public let incidentOfRow: [Int32]
    /// For each incident every row that it covers, ascending; overlapping incidents share rows.
    public let rowsOfIncident: [[Int32]]

    /// Labels the rows between an incident's start and end (both included) on the links that it affects.
    public init(_ incidents: [Incident], over table: TelemetryTable) {
        self.incidents = incidents
        let timestamps = table.timestamps
        let byTime = (0..<Int32(timestamps.count)).sorted { timestamps[Int($0)] < timestamps[Int($1)] }
        func firstPlace(where reached: (Int64) -> Bool) -> Int {
            var (low, high) = (0, byTime.count)
            while low < high {
                let middle = (low + high) / 2
                if reached(timestamps[Int(byTime[middle])]) { high = middle } else { low = middle + 1 }
            }
            return low
        }
        rowsOfIncident = incidents.map { incident in
            let affected = table.links.map(incident.affects)
            let start = firstPlace { $0 >= incident.start }
            let end = max(start, firstPlace { $0 > incident.end })
            return byTime[start..<end].filter { affected[Int(table.linkOfRow[Int($0)])] }.sorted()
        }
        var incidentOfRow = [Int32](repeating: -1, count: timestamps.count)
        let latestFirst = incidents.indices.sorted { (incidents[$0].start, $0) > (incidents[$1].start, $1) }
        for index in latestFirst {
            for row in rowsOfIncident[index] { incidentOfRow[Int(row)] = Int32(index) }
        }
        self.incidentOfRow = incidentOfRow
    }
}
