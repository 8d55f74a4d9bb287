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
    static func load<Document: Codable>(_ type: Document.Type, path: String) throws -> Document {
        let data = try InputFile.document(path)
        let document: Document
        do {
            document = try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw SchemaError(path: path, problems: [explain(error, data)])
        }
        // A key is known exactly if it survives decoding and encoding: no second list of keys that could drift.
        let unknown = keys(of: try tree(data, path: path), missingIn: try tree(JSONEncoder().encode(document), path: path))
        guard unknown.isEmpty else {
            throw SchemaError(
                path: path,
                problems: unknown.sorted().map { "unknown key `\($0.dropFirst())`: misspelt, or in the wrong place" })
        }
        return document
    }

    /// Dictionaries and arrays. `JSONValue`, which tries one type after the other, takes five times as long.
    private static func tree(_ data: Data, path: String) throws(SchemaError) -> Any {
        do {
            return try JSONSerialization.jsonObject(with: data)
        } catch {
            let detail = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
            throw SchemaError(path: path, problems: ["not valid JSON: \(detail ?? error.localizedDescription)"])
        }
    }

    /// Paths such as `.columns[3].name`. Null members count as absent.
    private static func keys(of given: Any, missingIn understood: Any) -> [String] {
        var paths: [String] = []
        if let given = given as? [String: Any], let known = understood as? [String: Any] {
            for (key, value) in given {
                if let counterpart = known[key] {
                    paths += keys(of: value, missingIn: counterpart).map { ".\(key)\($0)" }
                } else if !(value is NSNull) {
                    paths.append(".\(key)")
                }
            }
        } else if let given = given as? [Any], let known = understood as? [Any] {
            for (index, (value, counterpart)) in zip(given, known).enumerated() {
                paths += keys(of: value, missingIn: counterpart).map { "[\(index)]\($0)" }
            }
        }
        return paths
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
