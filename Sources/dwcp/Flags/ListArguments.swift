import ArgumentParser
import Pipeline
import Telemetry

/// Arguments that hold several values.
enum ListArguments {
    /// `bandwidth,latency` → the models in the order of every listing, each once.
    static func models(_ text: String) throws -> [ModelKind] {
        let names = text.split(separator: ",").map(String.init)
        let known = ModelKind.allCases.map(\.rawValue).joined(separator: ", ")
        let chosen = try names.map { name in
            guard let model = ModelKind(rawValue: name) else {
                throw ValidationError("there is no model '\(name)'; the models are \(known)")
            }
            return model
        }
        guard !chosen.isEmpty else { throw ValidationError("name at least one model of \(known)") }
        return ModelKind.allCases.filter(chosen.contains)
    }

    /// `onnx,keras` → the formats in their order.
    static func formats(_ text: String) throws -> [ExportFormat] {
        let names = text.split(separator: ",").map(String.init)
        let known = ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")
        let chosen = try names.map { name in
            guard let format = ExportFormat(rawValue: name) else {
                throw ValidationError("there is no format '\(name)'; the formats are \(known)")
            }
            return format
        }
        guard !chosen.isEmpty else { throw ValidationError("name at least one format of \(known)") }
        return ExportFormat.allCases.filter(chosen.contains)
    }

    /// `learning_rate=0.001` → name and value.
    static func assignment(_ text: String) throws -> (name: String, value: Double) {
        let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard sides.count == 2, !sides[0].isEmpty, let value = Double(sides[1]), value.isFinite else {
            throw ValidationError("'\(text)' is not name=value with a number as value, for example learning_rate=0.001")
        }
        return (sides[0], value)
    }
}

/// Rules that several commands share.
enum FlagRules {
    static func requireShare(_ value: Double?, _ flag: String) throws {
        if let value, !(value > 0 && value <= 1) { throw ValidationError("\(flag) is a share between 0 and 1, not \(value)") }
    }

    static func requirePositive(_ value: Double?, _ flag: String) throws {
        if let value, !(value > 0 && value.isFinite) { throw ValidationError("\(flag) must be above 0, not \(value)") }
    }

    /// A model file's name must end in the extension of a known format.
    static func requireModelFile(_ path: String) throws {
        try requireExtension(of: path, "the model file", among: ModelFormats.extensions)
    }

    /// A file's name must end in one of these extensions.
    static func requireExtension(of path: String, _ flag: String, among extensions: [String]) throws {
        let endings = extensions.map { ".\($0)" }
        guard endings.contains(where: path.hasSuffix) else {
            let known = endings.dropLast().joined(separator: ", ") + (endings.count > 1 ? " or " : "") + (endings.last ?? "")
            throw ValidationError("\(flag) \(path) must end in \(known)")
        }
    }
}
