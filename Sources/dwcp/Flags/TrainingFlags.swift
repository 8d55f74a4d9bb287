import ArgumentParser
import Evaluation
import Learners
import Pipeline

/// Flags of every training command.
struct TrainingFlags: ParsableArguments {
    @Option(help: "Seed of everything random. Same data, schema, settings and seed give bit-identical artifacts.")
    var seed: UInt64 = 42

    @Option(help: "Threads in all; every core when absent. Never changes a result.")
    var threads: Int?

    @Option(
        help: """
            Factors of the LSTM layers' matrix products in training: float32, or bf16, which is faster, needs an Intel \
            processor with AMX or an AMD processor with AVX-512 BF16, and gives other weights.
            """)
    var precision: Precision = .float32

    @Option(
        help: ArgumentHelp(
            "Formats to write, separated by commas: keras, onnx, pkl (reliability only).", valueName: "formats"),
        transform: ListArguments.formats)
    var exportFormat: [ExportFormat] = ExportFormat.allCases

    @Option(
        name: .customLong("gate"),
        help: "What must reach a target: the point estimate (point) or its 95 % bound (bound).")
    var gateRule: GateRule = .point

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a hyperparameter of the schema; may be repeated.", valueName: "name=value"),
        transform: ListArguments.assignment)
    var assignments: [(name: String, value: Double)] = []

    func validate() throws {
        if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, not \(threads)") }
    }

    func options(
        epochs: Int?, batchSize: Int?, windowLength: Int? = nil, targets: [String: Double] = [:]
    ) -> TrainingOptions {
        TrainingOptions(
            seed: seed, epochs: epochs, batchSize: batchSize, windowLength: windowLength,
            hyperparameters: assignments.reduce(into: [:]) { $0[$1.name] = $1.value }, targets: targets, gateRule: gateRule,
            exportFormats: exportFormat, threads: threads, precision: precision)
    }
}

/// Flags of the models that are trained in epochs.
struct EpochFlags: ParsableArguments {
    @Option(help: "Largest number of epochs of the neural models; the schema's when absent.")
    var epochs: Int?

    @Option(help: "Samples per step; the schema's when absent.")
    var batchSize: Int?

    func validate() throws {
        if let epochs, epochs < 1 { throw ValidationError("--epochs must be at least 1, not \(epochs)") }
        if let batchSize, batchSize < 1 { throw ValidationError("--batch-size must be at least 1, not \(batchSize)") }
    }
}

struct WindowFlag: ParsableArguments {
    @Option(help: "Steps per input window; the schema's when absent.")
    var windowSize: Int?

    func validate() throws {
        if let windowSize, windowSize < 2 { throw ValidationError("--window-size must be at least 2, not \(windowSize)") }
    }
}
