/// How many threads a trainer may use from now on: what the orchestrator writes to its standard input, `threads 2` in a line
/// of its own.
struct ThreadAllotment: Equatable {
    var threads: Int

    var line: String { "threads \(threads)" }

    init(threads: Int) { self.threads = threads }

    /// Reads what `line` wrote; nil for anything else.
    init?(line: String) {
        let words = line.split(separator: " ")
        guard words.count == 2, words[0] == "threads", let threads = Int(words[1]), threads >= 1 else { return nil }
        self.threads = threads
    }
}
