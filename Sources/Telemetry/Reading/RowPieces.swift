/// Cuts a file into pieces of whole rows: the memory used does not grow with the file.
final class RowPieces {
    /// Small enough to stay in a core's cache while it is worked on, large enough that the work between pieces is nothing.
    static let standardLength = 1 << 18

    let path: String
    private let syntax: RowSyntax
    private let source: ByteSource
    private let length: Int
    /// Read and not yet given out.
    private var rest: [UInt8] = []
    private var sourceEnded = false
    private var failure: (any Error)?

    init(_ path: String, syntax: RowSyntax, length: Int = standardLength) throws {
        self.path = path
        self.syntax = syntax
        self.length = length
        source = try ByteSource(path)
    }

    /// The length of the file, unless it is compressed.
    var byteCount: Int? { source.byteCount }

    func makePiece() -> RowBytes { RowBytes(capacity: length) }

    /// Fills `piece` with the next rows, as many as its capacity holds, but one at least. Only the last row of the file may
    /// lack a line break, and a row beyond the limit may be cut off: nothing that follows it makes sense.
    /// - Returns: false at the end.
    /// - Throws: `InputFileError` when the disk fails, `TelemetryFileError` when a gzip file is broken or cut off; after every
    ///   row before.
    func next(into piece: RowBytes) throws -> Bool {
        piece.cut(at: 0)
        piece.append(rest)
        rest.removeAll(keepingCapacity: true)
        while true {
            fill(piece)
            if sourceEnded, failure == nil { return piece.count > 0 }
            if let end = syntax.endOfLastRow(in: UnsafeBufferPointer(piece.bytes)) {
                giveBack(piece, from: end)
                return true
            }
            if let failure { throw failure }
            if piece.count > RowSyntax.rowLimit { return true }
            piece.grow()
        }
    }

    /// Moves the bytes from `end` on into the next piece.
    func giveBack(_ piece: RowBytes, from end: Int) {
        rest.insert(contentsOf: piece.bytes[end...], at: 0)
        piece.cut(at: end)
    }

    private func fill(_ piece: RowBytes) {
        do {
            while !sourceEnded, piece.count < piece.capacity {
                try piece.fill { free in
                    let count = try source.read(into: free)
                    sourceEnded = count == 0
                    return count
                }
            }
        } catch {
            sourceEnded = true
            failure = error
        }
    }
}
