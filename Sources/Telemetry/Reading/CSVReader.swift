/// Reads a CSV file: its header first, then pieces of its rows.
///
/// A UTF-8 byte order mark is skipped. Rows are counted from 1 after the header, lines from 1 with the header.
final class CSVReader {
    let path: String
    /// The cells of the first row, spaces around them removed; empty for an empty file.
    private(set) var header: [String] = []
    /// Where the header ends: no row yet, some lines.
    private(set) var headerEnd = RowPlace(row: 0, line: 0)

    private let pieces: RowPieces

    /// Opens the file and reads its header.
    init(_ path: String, pieceLength: Int = RowPieces.standardLength) throws {
        self.path = path
        pieces = try RowPieces(path, syntax: CSVPiece.syntax, length: pieceLength)
        let piece = makePiece()
        guard try next(into: piece) else { return }
        if piece.source.bytes.starts(with: [0xff, 0xfe]) || piece.source.bytes.starts(with: [0xfe, 0xff]) {
            throw TelemetryFileError(
                path: path, found: "UTF-16 text", expected: "UTF-8 or ASCII", advice: "save the file as CSV in UTF-8")
        }
        if piece.source.bytes.starts(with: [0xef, 0xbb, 0xbf]) { piece.source.removeFirst(3) }
        repeat {
            // The header is row 0.
            let start = RowPlace(row: -1, line: headerEnd.line)
            keepHeader(piece)
            piece.split()
            if let defect = piece.defect { throw error(defect, at: piece.nextPlace.counted(from: start)) }
            headerEnd.line += piece.lineCount
            guard let row = piece.rows.first else { continue }
            header = piece.withCells(of: [row]) { cells in
                (0..<Int(row.cellCount)).map { String(decoding: cells[0, $0].trimmed, as: UTF8.self) }
            }
            return
        } while try next(into: piece)
    }

    /// The length of the file, unless it is compressed.
    var byteCount: Int? { pieces.byteCount }

    func makePiece() -> CSVPiece { CSVPiece(pieces.makePiece()) }

    /// Fills `piece` with the next rows; it is not yet split. False at the end.
    func next(into piece: CSVPiece) throws -> Bool { try pieces.next(into: piece.source) }

    /// Why the row at `place` cannot be read.
    func error(_ defect: CSVPiece.Defect, at place: RowPlace) -> TelemetryFileError {
        switch defect {
        case .unclosedQuote:
            TelemetryFileError(
                path: path, place: place, found: "a quoted cell that is never closed", expected: "a closing quote",
                advice: "close the quote, or double quotes that are part of the text")
        case .tooLong:
            TelemetryFileError(
                path: path, place: place, found: "a row longer than \(RowSyntax.rowLimit >> 20) MiB",
                expected: "rows of comma-separated cells, one a line",
                advice: "look for a quote that is never closed on that line")
        }
    }

    /// Leaves the first row that is no empty line in the piece, with the empty lines before, and gives the others back.
    private func keepHeader(_ piece: CSVPiece) {
        let text = UnsafeBufferPointer(piece.source.bytes)
        var start = 0
        while let end = CSVPiece.syntax.endOfRow(in: text, from: start) {
            guard RowSyntax.isEmpty(text[start..<end]) else { return pieces.giveBack(piece.source, from: end) }
            start = end
        }
    }
}
