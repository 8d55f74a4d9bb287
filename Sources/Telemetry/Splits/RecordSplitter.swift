public import Failures

/// Cuts delimited text into records (RFC 4180): line breaks inside quoted fields belong to the record.
///
/// A quote opens a quoted field only at the field's start. Records that are empty lines are skipped: they are no rows. Gzip
/// files are unpacked on the way; memory holds one chunk and one record. For whoever needs a row's own bytes, or cells that
/// other separators than commas part; telemetry is read by `TelemetryFile`.
public struct RecordSplitter {
    private let path: String
    private let source: ByteSource
    private let separator: UInt8
    private var buffer: [UInt8]
    private var chunk: ArraySlice<UInt8> = []
    private var state = State.fieldStart
    /// Records returned so far.
    public private(set) var recordCount = 0

    /// Longest record that is accepted, bytes: a quote that is never closed must not swallow the file into memory.
    public static let maximumRecordLength = 1 << 22

    private enum State { case fieldStart, plain, quoted, quoteInQuoted }

    /// - Throws: `InputFileError` when the file cannot be opened.
    public init(_ path: String, separator: UInt8 = UInt8(ascii: ","), chunkSize: Int = 1 << 18) throws {
        self.path = path
        source = try ByteSource(path)
        self.separator = separator
        buffer = [UInt8](repeating: 0, count: chunkSize)
    }

    /// The next record with its line break, byte for byte as in the file; nil at the end.
    /// - Throws: `InputFileError` and `TelemetryFileError` when the disk fails or gzip data is damaged; `RecordError` for a
    ///   quote that is never closed or a record beyond the limit.
    public mutating func next() throws -> [UInt8]? {
        while let record = try nextLine() {
            if record.allSatisfy({ $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) { continue }
            recordCount += 1
            return record
        }
        return nil
    }

    private mutating func nextLine() throws -> [UInt8]? {
        var record: [UInt8] = []
        while true {
            if chunk.isEmpty { chunk = try buffer[..<buffer.withUnsafeMutableBytes { try source.read(into: $0) }] }
            guard !chunk.isEmpty else {
                guard state != .quoted else { throw failure(.openQuote) }
                return record.isEmpty ? nil : record
            }
            if let end = endOfLine() {
                record += chunk[..<end]
                chunk = chunk[end...]
                return record
            }
            record += chunk
            chunk = []
            guard record.count <= Self.maximumRecordLength else { throw failure(.tooLong) }
        }
    }

    /// Where the current record ends in the chunk (after its line break), or nil when it goes on.
    private mutating func endOfLine() -> Int? {
        for (index, byte) in zip(chunk.indices, chunk) {
            switch (state, byte) {
            case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
            case (.quoted, _): break
            case (_, UInt8(ascii: "\n")):
                state = .fieldStart
                return index + 1
            case (_, separator): state = .fieldStart
            case (.fieldStart, UInt8(ascii: "\"")), (.quoteInQuoted, UInt8(ascii: "\"")): state = .quoted
            default: state = .plain
            }
        }
        return nil
    }

    private func failure(_ problem: RecordError.Problem) -> RecordError {
        RecordError(path: path, record: recordCount + 1, problem: problem)
    }
}

/// Delimited text that cannot be cut into records.
public struct RecordError: ExplainedError, Equatable {
    public let path: String
    /// The record, counted from 1; the header is record 1.
    public let record: Int
    public let problem: Problem

    public enum Problem: Sendable, Equatable { case openQuote, tooLong }

    public var category: FailureCategory { .invalidData }

    public var description: String {
        let found = switch problem {
        case .openQuote: "a quoted field is not closed before the end of the file"
        case .tooLong: "the record is longer than \(RecordSplitter.maximumRecordLength) bytes, perhaps a quote is not closed"
        }
        return "cannot read \(path): record \(record): \(found); close the quote"
    }
}
