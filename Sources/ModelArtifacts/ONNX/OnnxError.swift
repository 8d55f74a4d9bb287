public import Failures
import ModelGraph

/// Why an ONNX file could not be written or read.
public struct OnnxError: ExplainedError, Equatable {
    public let category: FailureCategory
    public let description: String

    private init(_ category: FailureCategory, _ description: String) {
        self.category = category
        self.description = description
    }

    /// The model has a part that ONNX cannot express, or that does not fit together.
    static func unwritable(_ model: String, _ reason: String) -> OnnxError {
        OnnxError(.failure, "cannot write the model `\(model)` as ONNX: \(reason)")
    }

    static func unwritable(_ model: String, _ problem: ModelGraphProblem) -> OnnxError {
        unwritable(model, problem.description)
    }

    /// The checker or shape inference of libonnx refused what was to be written.
    static func refused(_ model: String, _ message: String) -> OnnxError {
        unwritable(model, "libonnx refuses it: \(message.trimmedMessage)")
    }

    /// The file exists but is not an ONNX model that this program reads.
    static func unreadable(_ path: String, _ reason: String) -> OnnxError {
        OnnxError(
            .invalidData,
            "cannot read the ONNX model \(path): \(reason.trimmedMessage); export the model again or give an undamaged file")
    }

    /// The operators are not those that this program writes for a layer.
    static func notLayers(_ model: String, _ reason: String) -> OnnxError {
        OnnxError(
            .invalidData,
            "cannot read the layers of the ONNX model `\(model)`: \(reason.trimmedMessage); only files that this program "
                + "wrote have layers, others can be run, not converted")
    }

    static func tooLarge(_ path: String, _ reason: String) -> OnnxError {
        OnnxError(
            .invalidData,
            "cannot read the ONNX model \(path): \(reason), above the limit; models of this program stay below 10 MB")
    }
}

extension String {
    /// libonnx' messages come with line breaks and can be of any length; one line of at most 500 characters is kept.
    fileprivate var trimmedMessage: String {
        let line = split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count <= 500 ? line : line.prefix(500) + "…"
    }
}
