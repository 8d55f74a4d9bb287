/// What a cell says, as its column's type reads it.
enum Cell {
    /// Empty, or a spelling that the schema declares as missing.
    case missing
    /// A number, or a category's code.
    case value(Double)
    /// Free text or an instant.
    case text
    /// Neither missing nor of the column's type.
    case unreadable
}

/// Reads the cells of one column of one file. Validation and reading share it, so that they cannot disagree.
struct ColumnDecoder {
    let type: ColumnType
    /// Position of the column in the file's rows.
    let position: Int
    let hasMarkers: Bool
    /// What most cells of a numeric column hold: a number that the type holds and that lies in the column's range.
    let usual: (smallest: Double, largest: Double)
    /// What only unusual cells and messages need, behind one reference: the rest is copied for every cell.
    private let details: Details

    private final class Details: Sendable {
        let definition: ColumnDefinition
        let categories: ByteStringTable
        let missingMarkers: [[UInt8]]

        init(_ definition: ColumnDefinition, _ missingMarkers: [String]) {
            self.definition = definition
            var categories = ByteStringTable()
            for category in definition.categories ?? [] {
                Array(category.utf8).withUnsafeBufferPointer { _ = categories.number(of: $0) }
            }
            self.categories = categories
            self.missingMarkers = missingMarkers.map { Array($0.utf8) }
        }
    }

    init(_ definition: ColumnDefinition, position: Int, schema: Schema) {
        let markers = schema.quality.missingMarkers ?? []
        type = definition.type
        self.position = position
        hasMarkers = !markers.isEmpty
        details = Details(definition, markers)
        let limit = switch definition.type {
        case .float: Self.largestFloat
        case .int64: Self.largestInteger
        case .categorical, .string, .datetime: Double.infinity
        }
        usual = (max(definition.minimum ?? -limit, -limit), min(definition.maximum ?? limit, limit))
    }

    var definition: ColumnDefinition { details.definition }
    /// Numbered by their place in the schema.
    var categories: ByteStringTable { details.categories }
    var name: String { details.definition.name }

    /// Decoders of the schema's columns that a file has, in the file's order. Of repeated names the first counts.
    static func all(header: [String], schema: Schema, where wanted: (String) -> Bool = { _ in true }) -> [ColumnDecoder] {
        let definitions = Dictionary(schema.columns.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var seen = Set<String>()
        return header.enumerated().compactMap { position, name in
            guard wanted(name), seen.insert(name).inserted, let definition = definitions[name] else { return nil }
            return ColumnDecoder(definition, position: position, schema: schema)
        }
    }

    /// What the column's cells must look like, for messages.
    var expectation: String {
        let unit = definition.unit.isEmpty ? "" : " (\(definition.unit))"
        switch type {
        case .float: return "a number\(unit)"
        case .int64: return "a whole number\(unit)"
        case .datetime: return Instant.expectation
        case .string: return "a text"
        case .categorical: return "one of \((definition.categories ?? []).joined(separator: ", "))"
        }
    }

    @inline(__always)
    func decode(_ cell: UnsafeBufferPointer<UInt8>) -> Cell {
        if cell.isEmpty { return .missing }
        switch type {
        case .float:
            let value = Decimal.parse(cell)
            // Also false for NaN: no number, or none that float32 can hold.
            if abs(value) <= Self.largestFloat { return .value(value) }
        case .int64:
            let value = Decimal.parse(cell)
            if abs(value) <= Self.largestInteger, Double(Int64(value)) == value { return .value(value) }
        case .categorical:
            if let code = categories.find(cell) { return .value(Double(code)) }
        case .datetime:
            if Instant.parse(cell) != nil { return .text }
        case .string:
            if !hasMarkers, cell[0] > 0x20 { return .text }
        }
        return decodeUnusual(cell)
    }

    /// Cells with spaces around them, missing markers, and whatever is left.
    @inline(never)
    private func decodeUnusual(_ cell: UnsafeBufferPointer<UInt8>) -> Cell {
        let text = cell.trimmed
        if text.isEmpty || details.missingMarkers.contains(where: { text.elementsEqual($0) }) { return .missing }
        if type == .string { return .text }
        return text.count < cell.count ? decode(text) : .unreadable
    }

    /// `Float.greatestFiniteMagnitude`, as a literal: the loops need a constant.
    static let largestFloat = 0x1.fffffep+127
    /// Within Int64's range.
    static let largestInteger = 9.2e18
}

/// A cell as messages show it: quoted, short, on one line.
func excerpt(_ cell: UnsafeBufferPointer<UInt8>) -> String {
    let text = String(decoding: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(cell).prefix(160)), as: UTF8.self)
    return excerpt(text)
}

/// A text from a file as messages show it: quoted, short, on one line.
func excerpt(_ text: String) -> String {
    let limit = 40
    let line = text.prefix(limit).unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "·" : String($0) }.joined()
    return "\"\(line)\(text.count > limit ? "…" : "")\""
}
