//  ModelArtifacts owns the way between a `ModelGraph` and files that other programs read: Keras archives (zip, JSON,
//  HDF5), ONNX, scikit-learn's pickles, NumPy arrays. Reading is as strict as writing, and every byte read is taken for
//  hostile. It must never import a layer class (Learners, Trainers), execute a model (Inference) or know about telemetry.

public import Failures

/// An artifact that cannot be read or written. Its description names the file, the place in it (archive member, JSON
/// path, HDF5 object), what was found there, what was expected, and what to do now.
public struct ArtifactError: ExplainedError, Equatable {
    public enum Code: Sendable, Equatable {
        /// The file does not exist or cannot be opened.
        case missing
        /// The bytes are not what the format demands.
        case malformed
        /// A size that the file claims is beyond what is read (see `ArtifactLimits`).
        case tooLarge
        /// Valid, but something that a `ModelGraph` or this program does not know.
        case unsupported
        /// Variables are missing, left over or of another shape; the description lists all of them.
        case weightsDisagree
        /// The graph holds something that the format cannot express.
        case notExpressible
        /// A library refused a call that should have worked.
        case libraryFailed
    }

    public enum Action: String, Sendable { case read, write }

    public let code: Code
    public let action: Action
    /// The file, or the name that the caller gave to the bytes.
    public let path: String
    /// Where in the file, for example `config.json: config.layers[3]`; empty for the whole file.
    public let place: String
    /// What was found and what was expected.
    public let finding: String
    /// What to do now.
    public let advice: String

    init(_ code: Code, _ action: Action, _ path: String, at place: String = "", _ finding: String, advice: String) {
        self.code = code
        self.action = action
        self.path = path
        self.place = place
        self.finding = finding
        self.advice = advice
    }

    public var description: String {
        let location = place.isEmpty ? "" : "\(place): "
        return "cannot \(action.rawValue) \(path): \(location)\(finding); \(advice)"
    }

    public var category: FailureCategory {
        switch (action, code) {
        case (.write, _), (_, .libraryFailed): .failure
        case (.read, .missing): .missingInput
        case (.read, _): .invalidData
        }
    }
}

/// How much a file may claim before it is refused, all checked before memory is taken.
public enum ArtifactLimits {
    /// The largest file that is read: 1 GiB. A model of this program stays below 10 MB.
    public static let fileBytes = 1 << 30
    /// The largest JSON member of an archive: 16 MiB.
    public static let jsonBytes = 16 << 20
    /// The deepest nesting of JSON.
    public static let jsonDepth = 128
    /// DEFLATE expands at most 1032 : 1; whatever claims more is lying. It also bounds what the data sets of an HDF5 file
    /// may take in memory, compressed or not, as a multiple of the file's bytes.
    public static let deflateRatio = 1032
    /// The largest number of values in one tensor or one intermediate result of a model: 2²⁸.
    public static let tensorValues = 1 << 28
    /// The largest number of layers in a model.
    public static let layers = 10_000
}
