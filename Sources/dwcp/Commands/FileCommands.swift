import ArgumentParser
import Pipeline

/// The formats of model files, for help texts.
private let formats = ".keras, .h5, .json (with its weights), .onnx or .pkl"

/// The weights of an architecture in JSON.
struct WeightsFlag: ParsableArguments {
    @Option(help: "HDF5 file with the weights of a .json architecture; <name>.weights.h5 beside it when absent.")
    var weights: String?
}

struct InferCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "infer", abstract: "Run any supported model file on NumPy arrays.")

    @Argument(help: ArgumentHelp("A model: \(formats)."))
    var model: String

    @OptionGroup var weightsFlag: WeightsFlag

    @Option(help: "The input: a .npy array, or a .npz archive with an array for each input's name.")
    var input: String

    @Option(help: "Where to write the output: a .npy file for a model with one output, or a .npz archive.")
    var output: String

    func validate() throws {
        try FlagRules.requireModelFile(model)
        try FlagRules.requireExtension(of: input, "--input", among: ["npy", "npz"])
        try FlagRules.requireExtension(of: output, "--output", among: ["npy", "npz"])
    }

    func run() async throws {
        throw ExitCode(await CommandRunner.run { [model, input, output, weights = weightsFlag.weights] in
            try InferModel.run(model: model, weights: weights, input: input, output: output)
        })
    }
}

struct ConvertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write a model in another format, execute the new file and compare.")

    @Argument(help: ArgumentHelp("The model to read: \(formats)."))
    var source: String

    @Argument(help: "The file to write; its extension names the format.")
    var target: String

    @OptionGroup var weightsFlag: WeightsFlag

    func validate() throws {
        try FlagRules.requireModelFile(source)
        try FlagRules.requireModelFile(target)
    }

    func run() async throws {
        throw ExitCode(await CommandRunner.run { [source, target, weights = weightsFlag.weights] in
            try ConvertModel.run(from: source, weights: weights, to: target)
        })
    }
}

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "State how far two model files agree on the same inputs.",
        discussion: "Exit code 0 when all outputs agree within the tolerance and no decision flips, else 1.")

    @Argument(help: ArgumentHelp("A model: \(formats)."))
    var model: String

    @Option(help: ArgumentHelp("The model to compare with.", valueName: "other"))
    var against: String

    @Option(help: "The inputs: a .npy array, or a .npz archive with an array for each input's name.")
    var data: String

    @Option(help: "The largest |a − b| / max(1, |b|) that counts as agreement.")
    var tolerance: Double = 1e-5

    func validate() throws {
        try FlagRules.requireModelFile(model)
        try FlagRules.requireModelFile(against)
        try FlagRules.requireExtension(of: data, "--data", among: ["npy", "npz"])
        try FlagRules.requirePositive(tolerance, "--tolerance")
    }

    func run() async throws {
        throw ExitCode(await CommandRunner.run { [model, against, data, tolerance] in
            try VerifyModel.run(model, against: against, data: data, tolerance: tolerance)
        })
    }
}

struct InspectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show a model file's layers, shapes, parameters and metadata.")

    @Argument(help: ArgumentHelp("A model: \(formats)."))
    var path: String

    @OptionGroup var weightsFlag: WeightsFlag

    func validate() throws { try FlagRules.requireModelFile(path) }

    func run() async throws {
        throw ExitCode(await CommandRunner.run { [path, weights = weightsFlag.weights] in
            try InspectModel.run(path: path, weights: weights)
        })
    }
}
