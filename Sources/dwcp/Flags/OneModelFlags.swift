import ArgumentParser
import Pipeline
import Telemetry

/// What the four `train` commands share.
struct OneModelFlags: ParsableArguments {
    @OptionGroup(title: "Data") var data: DataFlags

    @Option(help: "The artifact to write; its twins in other formats and <name>_report.json go beside it.")
    var output: String

    @OptionGroup(title: "Training") var training: TrainingFlags
    @OptionGroup(title: "Progress") var progress: ProgressFlags

    @Flag(help: ArgumentHelp("Started by train-all: take orders from standard input, and end when it closes.", visibility: .private))
    var supervised = false

    @Option(help: ArgumentHelp("Where to write the numbers behind the plots.", visibility: .private))
    var plotData: String?

    func validateOutput(for model: ModelKind) throws {
        let formats = training.exportFormat.filter(model.formats.contains)
        guard !formats.isEmpty else {
            let known = model.formats.map(\.rawValue).joined(separator: ",")
            throw ValidationError("the \(model.rawValue) model can be written as \(known); use --export-format \(known)")
        }
        try FlagRules.requireExtension(of: output, "--output", among: formats.map(\.rawValue))
    }

    func train(
        _ model: ModelKind, incidents: String? = nil, targets: TargetFlags, epochs: EpochFlags? = nil, windowLength: Int? = nil
    ) async throws {
        let settings = training.options(
            epochs: epochs?.epochs, batchSize: epochs?.batchSize, windowLength: windowLength,
            targets: targets.targets(for: model))
        let options = TrainModelOptions(
            model: model, data: data.options(incidents: incidents), training: settings, output: output)
        let display = ProgressDisplay(style: progress.style, models: [model])
        let code = await CommandRunner.run(
            style: progress.style, advice: TrainAll.interruptedAdvice, atDeadline: { display.close() }
        ) {
            defer { display.close() }
            return try await TrainModel.run(options, isSupervised: supervised, plotDataPath: plotData) {
                display.receive(ProgressLine(model: model, event: $0))
            }
        }
        throw ExitCode(code)
    }
}
