/// Comma-separated text that grows row by row.
struct CSVLine {
    private(set) var bytes: [UInt8] = []
    private var timestamp: (step: Int, text: String) = (-1, "")

    init() { bytes.reserveCapacity(1 << 17) }

    mutating func appendHeader(_ names: [String]) {
        bytes.append(contentsOf: names.joined(separator: ",").utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func append(_ row: TelemetryRow) {
        if timestamp.step != row.step {
            timestamp = (row.step, Clock.text(seconds: Double((row.step + 1) * Simulation.stepSeconds)))
        }
        bytes.append(contentsOf: timestamp.text.utf8)
        for column in TelemetryColumn.all.dropFirst() {
            bytes.append(UInt8(ascii: ","))
            column.append(row, &bytes)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}
