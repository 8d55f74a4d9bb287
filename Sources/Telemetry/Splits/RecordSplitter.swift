public import Failures

/// Cuts delimited text into records (RFC 4180): line breaks inside quoted fields belong to the record.
///
/// A quote opens a quoted field only at the field's start. Records that are empty lines are skipped: they are no rows. Gzip
/// files are unpacked on the way; memory holds one piece of the file. For whoever needs a row's own bytes, or cells that
/// other separators than commas part; telemetry is read by `TelemetryFile`.
public struct RecordSplitter {
    private let pieces: RowPieces
    private let syntax: RowSyntax
    private let piece: RowBytes
    /// Where the next record begins in the piece.
    private var start = 0
    /// Records returned so far.
    public private(set) var recordCount = 0

    /// Longest record that is accepted, bytes: a quote that is never closed must not swallow the file into memory.
    public static let maximumRecordLength = RowSyntax.rowLimit

    /// - Throws: `InputFileError` when the file cannot be opened.
    public init(_ path: String, separator: UInt8 = UInt8(ascii: ",")) throws {
        try self.init(path, separator: separator, pieceLength: RowPieces.standardLength)
    }

    init(_ path: String, separator: UInt8 = UInt8(ascii: ","), pieceLength: Int) throws {
        syntax = RowSyntax(separator: separator)
        pieces = try RowPieces(path, syntax: syntax, length: pieceLength)
        piece = pieces.makePiece()
    }

    /// The next record with its line break, byte for byte as in the file; nil at the end.
    /// - Throws: `InputFileError` and `TelemetryFileError` when the disk fails or gzip data is damaged; `RecordError` for a
    ///   quote that is never closed or a record beyond the limit.
    public mutating func next() throws -> [UInt8]? {
        while true {
            if start == piece.count {
                start = 0
                guard try pieces.next(into: piece) else { return nil }
            }
            let text = UnsafeBufferPointer(piece.text)
            let end = syntax.endOfRow(in: text, from: start)
            guard (end ?? text.count) - start <= Self.maximumRecordLength else { throw failure(.tooLong) }
            guard let end else { throw failure(.openQuote) }
            let record = text[start..<end]
            // The file's last record may lack the line break that the text has.
            start = min(end, piece.count)
            if RowSyntax.isEmpty(record) { continue }
            recordCount += 1
            return Array(record.prefix(start - record.startIndex))
        }
    }

    private func failure(_ problem: RecordError.Problem) -> RecordError {
        RecordError(path: pieces.path, record: recordCount + 1, problem: problem)
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
