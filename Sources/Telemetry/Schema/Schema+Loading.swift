import Foundation

extension Schema {
    /// Reads and checks a schema document.
    /// - Throws: `InputFileError` when the file cannot be read; `SchemaError` with every problem found: broken JSON, a
    ///   missing or unknown key, a wrong type, or sections that do not fit together (see `consistencyProblems`).
    public static func load(_ path: String) throws -> Schema {
        let schema = try StrictDocument.load(Schema.self, path: path)
        let problems = schema.consistencyProblems()
        guard problems.isEmpty else { throw SchemaError(path: path, problems: problems) }
        return schema
    }
}

/// Decodes JSON documents in which every key must be understood.
enum StrictDocument {
    static func load<Document: Decodable>(_ type: Document.Type, path: String) throws -> Document {
        let data = try InputFile.document(path)
        let document: AuditedValue<Document>
        do {
            document = try JSONDecoder().decode(AuditedValue<Document>.self, from: data)
        } catch let error as DecodingError {
            throw SchemaError(path: path, problems: [explain(error, data)])
        }
        guard document.unread.isEmpty else {
            throw SchemaError(
                path: path,
                problems: document.unread.map(text).sorted().map { "unknown key `\($0)`: misspelt, or in the wrong place" })
        }
        return document.value
    }

    private static func explain(_ error: DecodingError, _ data: Data) -> String {
        switch error {
        case .keyNotFound(let key, let context):
            let place = text(context.codingPath)
            return "\(place) has no key `\(key.stringValue)`\(siblings(at: context.codingPath, in: data))"
        case .typeMismatch(let type, let context):
            return "\(text(context.codingPath)): expected \(name(of: type))"
        case .valueNotFound(let type, let context):
            return "\(text(context.codingPath)): null, expected \(name(of: type))"
        case .dataCorrupted(let context) where context.codingPath.isEmpty:
            let detail = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
            return "not valid JSON: \(detail ?? context.debugDescription)"
        case .dataCorrupted(let context):
            return "\(text(context.codingPath)): \(context.debugDescription)"
        @unknown default:
            return "cannot be decoded: \(error)"
        }
    }

    private static func text(_ path: [any CodingKey]) -> String {
        if path.isEmpty { return "the document" }
        return path.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
            }
        }
    }

    /// The keys that stand where one is missing: a misspelling shows beside its correction.
    private static func siblings(at path: [any CodingKey], in data: Data) -> String {
        guard var place = try? JSONDecoder().decode(JSONValue.self, from: data) else { return "" }
        for key in path {
            switch place {
            case .object(let members): place = members[key.stringValue] ?? .null
            case .array(let items) where items.indices.contains(key.intValue ?? -1): place = items[key.intValue ?? 0]
            default: return ""
            }
        }
        guard case .object(let members) = place else { return "" }
        return "; its keys are \(members.keys.sorted().joined(separator: ", "))"
    }

    private static func name(of type: any Any.Type) -> String {
        if type == String.self { return "a text" }
        if type == Bool.self { return "true or false" }
        if type == Double.self { return "a number" }
        if type == Int.self || type == UInt64.self || type == Int64.self { return "a whole number" }
        return "\(type)".hasPrefix("Array") ? "an array" : "an object"
    }
}
