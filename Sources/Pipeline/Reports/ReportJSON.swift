public import Failures
import Files
public import Foundation

/// How every JSON file of a run is written and read: snake_case keys in alphabetical order, one value a line, numbers that
/// are not finite as null. Two runs on the same input therefore differ only in lines that state a time.
public enum ReportJSON {
    private static let notFinite = "\u{E000}not finite"

    public static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: notFinite, negativeInfinity: notFinite, nan: notFinite)
        var text = String(decoding: try encoder.encode(value), as: UTF8.self)
        text.replace("\"\(notFinite)\"", with: "null")
        return Data((text + "\n").utf8)
    }

    /// Reads what `encode` wrote. Absent optional values are not written at all, so a null can only be a number that was not
    /// finite; it is read as NaN.
    public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "\u{E000}+", negativeInfinity: "\u{E000}-", nan: notFinite)
        return try decoder.decode(type, from: Data(markingNulls(in: data)))
    }

    /// Writes a value as a file, whole or not at all.
    public static func write(_ value: some Encodable, to path: String) throws {
        try AtomicFile.write(encode(value), to: path)
    }

    /// - Throws: `ReportFileError` when the file is absent or not what `write` wrote.
    public static func read<Value: Decodable>(_ type: Value.Type, at path: String) throws -> Value {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ReportFileError(.missingInput, "cannot read \(path): there is no such file; give the path of a finished run")
        }
        do {
            return try decode(type, from: data)
        } catch {
            throw ReportFileError(
                .invalidData, "\(path) is not a report of this program (\(reason(error))); run the command that writes it again")
        }
    }

    /// Replaces each null outside a string by the string that stands for NaN.
    private static func markingNulls(in data: Data) -> [UInt8] {
        let null = Array("null".utf8)
        let mark = Array("\"\(notFinite)\"".utf8)
        let bytes = Array(data)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isInString = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if !isInString, byte == null[0], bytes[index...].starts(with: null) {
                result += mark
                index += null.count
                continue
            }
            if isInString, byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                result += bytes[index ... index + 1]
                index += 2
                continue
            }
            if byte == UInt8(ascii: "\"") { isInString.toggle() }
            result.append(byte)
            index += 1
        }
        return result
    }

    private static func reason(_ error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? context.debugDescription : "at \(path): \(context.debugDescription)"
        }
        return switch error as? DecodingError {
        case .keyNotFound(let key, let context)?: "key \(key.stringValue) is missing, \(place(context))"
        case .typeMismatch(_, let context)?, .valueNotFound(_, let context)?, .dataCorrupted(let context)?: place(context)
        default: "\(error)"
        }
    }
}

/// A report or manifest that is absent or unreadable.
public struct ReportFileError: ExplainedError, Equatable {
    public let category: FailureCategory
    public let description: String

    public init(_ category: FailureCategory, _ description: String) {
        self.category = category
        self.description = description
    }
}
