public import Failures
import Foundation
import ModelGraph
public import Telemetry
public import TensorCore

/// A model as it stands on disk: read back from its file and run by the judge's own forward pass.
public struct WrittenModel: Sendable {
    public let kind: ModelKind
    public let path: String
    public let metadata: [String: String]
    /// How its input columns are computed.
    public let plan: FeaturePlan
    /// Steps per input window; 1 for models of single rows.
    public let windowLength: Int
    private let threads: ThreadBudget
    private let model: RunnableModel

    /// Windows per call of the executor: large enough for its matrix products, small enough for the cache.
    private static let batchSize = 256

    /// Reads a file of any format.
    /// - Parameter threads: how many may compute outputs; it never changes a bit of them.
    /// - Throws: what reading the format throws, and `WrittenModelError` when the metadata is not that of `kind`.
    public init(_ kind: ModelKind, path: String, threads: ThreadBudget = 1) throws {
        self.kind = kind
        self.path = path
        self.threads = threads
        model = try RunnableModel(path)
        metadata = model.metadata
        guard metadata[MetadataKey.model] == kind.rawValue else {
            throw WrittenModelError(
                path: path, found: "metadata of the model “\(metadata[MetadataKey.model] ?? "unknown")”",
                expected: "the \(kind.rawValue) model")
        }
        guard let length = metadata[MetadataKey.windowLength].flatMap({ Int($0) }), kind.windowLengths.contains(length) else {
            throw WrittenModelError(
                path: path, found: "no usable \(MetadataKey.windowLength)",
                expected: "\(kind.windowLengths.lowerBound) to \(kind.windowLengths.upperBound) steps")
        }
        windowLength = length
        do {
            let text = metadata[MetadataKey.featurePlan] ?? ""
            plan = try JSONDecoder().decode(FeaturePlan.self, from: Data(text.utf8))
        } catch {
            throw WrittenModelError(path: path, found: "no readable \(MetadataKey.featurePlan)", expected: "a feature plan in JSON")
        }
        guard plan.model == kind, !plan.features.isEmpty else {
            throw WrittenModelError(
                path: path, found: "the feature plan of the model “\(plan.model.rawValue)” with \(plan.features.count) features",
                expected: "the \(kind.rawValue) model's plan with at least one")
        }
    }

    /// Numbers that the model answers for one window.
    private var outputWidth: Int {
        switch kind {
        case .bandwidth, .reliability: 1
        case .compression: CompressionOracle.levelCount
        case .latency: windowLength * plan.features.count
        }
    }

    /// The alarm threshold that the metadata carries.
    public func threshold() throws -> Double {
        guard let value = metadata[MetadataKey.threshold].flatMap({ Double($0) }), value.isFinite else {
            throw WrittenModelError(path: path, found: "no usable \(MetadataKey.threshold)", expected: "a finite number")
        }
        return value
    }

    /// The training deviations of the features, the unit of reconstruction errors.
    public func scoreDeviations() throws -> [Float] {
        let values = (metadata[MetadataKey.scoreDeviations] ?? "").split(separator: ",").compactMap { Float($0) }
        guard values.count == plan.features.count, values.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            throw WrittenModelError(
                path: path, found: "no usable \(MetadataKey.scoreDeviations)",
                expected: "\(plan.features.count) positive numbers")
        }
        return values
    }

    /// The output `output` for every window, `[window, …]` row-major.
    public func outputs<Role>(_ windows: WindowSet<Role>) throws -> [Float] {
        let batches = (windows.count + Self.batchSize - 1) / Self.batchSize
        guard batches > 0 else { return [] }
        var results = [Result<[Float], any Error>](repeating: .success([]), count: batches)
        results.withUnsafeMutableBufferPointer { results in
            // Disjoint elements: each batch writes its own result.
            nonisolated(unsafe) let results = results
            let crew = WorkerCrew(threads: threads, atMost: batches) { number in
                let batch = number * Self.batchSize ..< min((number + 1) * Self.batchSize, windows.count)
                results[number] = Result { try run(batch.flatMap { windows.values(ofWindow: $0) }, count: batch.count) }
            }
            crew.perform(parts: batches)
        }
        return try results.flatMap { try $0.get() }
    }

    /// The output `output` for `count` windows given as `[window, time, feature]` row-major.
    public func run(_ values: [Float], count: Int) throws -> [Float] {
        let features = plan.features.count
        let shape = windowLength == 1 ? [count, features] : [count, windowLength, features]
        guard let output = try model.run(["input": Tensor(shape: shape, values: values)])["output"] else {
            throw WrittenModelError(path: path, found: "no output named output", expected: "an output named output")
        }
        guard output.values.count == count * outputWidth else {
            throw WrittenModelError(
                path: path, found: "outputs of the shape \(output.shape) for \(count) samples",
                expected: "\(outputWidth) numbers for each")
        }
        return output.values
    }
}

/// A model file whose metadata does not serve the judge.
public struct WrittenModelError: ExplainedError, Equatable {
    public var category: FailureCategory { .invalidData }
    public let path: String
    public let found: String
    public let expected: String

    public init(path: String, found: String, expected: String) {
        self.path = path
        self.found = found
        self.expected = expected
    }

    public var description: String {
        "cannot judge \(path): it has \(found), expected \(expected); train the model again with this version"
    }
}
