/// Cuts a byte stream into lines, whatever the pieces it arrives in.
///
/// A process that never ends its line cannot make this grow: what exceeds `maximumLength` bytes of a line is dropped.
struct LineSplitter: Sendable {
    private var current: [UInt8] = []
    let maximumLength: Int

    init(maximumLength: Int = 1 << 16) { self.maximumLength = maximumLength }

    /// The lines that `bytes` complete, without their line breaks.
    mutating func append(_ bytes: some Collection<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                lines.append(takeCurrent())
            } else if current.count < maximumLength {
                current.append(byte)
            }
        }
        return lines
    }

    /// The last line, if it did not end with a line break.
    mutating func finish() -> String? { current.isEmpty ? nil : takeCurrent() }

    private mutating func takeCurrent() -> String {
        defer { current.removeAll(keepingCapacity: true) }
        if current.last == UInt8(ascii: "\r") { current.removeLast() }
        return String(decoding: current, as: UTF8.self)
    }
}
