import Foundation

/// Where cells and rows of separated text begin and end (RFC 4180).
///
/// A quote opens a quoted cell only at the cell's start; elsewhere it is an ordinary character, also behind the closing
/// quote. Separators and line feeds inside of a quoted cell are text. Every position that callers pass as a start lies
/// outside of quotes: a row's start, or behind a closing quote.
struct RowSyntax {
    /// The longest row that is accepted, bytes: a longer one is a quote that is never closed, or no such text at all.
    static let rowLimit = 4 << 20

    let separator: UInt8

    /// The position of the first quote from `start` on that opens a quoted cell.
    func opening(in text: UnsafeBufferPointer<UInt8>, from start: Int, before end: Int) -> Int? {
        var position = start
        while let quote = text.first(UInt8(ascii: "\""), in: position..<end) {
            if quote == 0 || text[quote - 1] == separator || text[quote - 1] == UInt8(ascii: "\n") { return quote }
            position = quote + 1
        }
        return nil
    }

    /// The position behind the quote that closes the one at `opening`. nil if there is none, or if it is the last byte:
    /// then it may be the first half of a doubled one.
    func close(in text: UnsafeBufferPointer<UInt8>, of opening: Int) -> Int? {
        var position = opening + 1
        while let quote = text.first(UInt8(ascii: "\""), in: position..<text.count) {
            if quote + 1 == text.count { return nil }
            if text[quote + 1] != UInt8(ascii: "\"") { return quote + 1 }
            position = quote + 2
        }
        return nil
    }

    /// The position behind the first row from `start` on; nil if the row goes on behind the text.
    func endOfRow(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var position = start
        while let feed = text.first(UInt8(ascii: "\n"), in: position..<text.count) {
            guard let quote = opening(in: text, from: position, before: feed) else { return feed + 1 }
            guard let close = close(in: text, of: quote) else { return nil }
            position = close
        }
        return nil
    }

    /// The position behind the last row that is all there; nil if there is none. The text begins where a row begins.
    func endOfLastRow(in text: UnsafeBufferPointer<UInt8>) -> Int? {
        var end: Int?
        var position = 0
        while true {
            let quote = opening(in: text, from: position, before: text.count)
            if let feed = text[position..<(quote ?? text.count)].lastIndex(of: UInt8(ascii: "\n")) { end = feed + 1 }
            guard let quote, let close = close(in: text, of: quote) else { return end }
            position = close
        }
    }

    /// Whether a row, its line break included, is an empty line, which is no row.
    static func isEmpty(_ row: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        row.count < 3 && row.elementsEqual("\r\n".utf8.suffix(row.count))
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The first place of a byte, at the memory's speed.
    func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        guard let base = baseAddress, !range.isEmpty,
            let place = memchr(base + range.lowerBound, Int32(byte), range.count)
        else { return nil }
        return UnsafeRawPointer(place) - UnsafeRawPointer(base)
    }

    /// `elementsEqual`, at the memory's speed.
    func holdsSameBytes(as other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard let base = baseAddress, let otherBase = other.baseAddress else { return true }
        return memcmp(base, otherBase, count) == 0
    }

    /// Without spaces and tabs at either end.
    var trimmed: UnsafeBufferPointer<UInt8> {
        var (low, high) = (0, count)
        while low < high, self[low] == 0x20 || self[low] == 0x09 { low += 1 }
        while high > low, self[high - 1] == 0x20 || self[high - 1] == 0x09 { high -= 1 }
        return UnsafeBufferPointer(rebasing: self[low..<high])
    }
}
