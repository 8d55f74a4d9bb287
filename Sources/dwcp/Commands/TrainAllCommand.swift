import ArgumentParser
import Pipeline
import Telemetry

struct TrainAllCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train-all", abstract: "Train and judge the models, each in its own process, and write the reports.")

    /// Whether trainers run side by side.
    enum Order: String, EnumerableFlag {
        case parallel, sequential
    }

    @OptionGroup(title: "Data") var data: DataFlags
    @OptionGroup(title: "Data") var incidents: IncidentsFlag

    @Option(help: "Folder of artifacts, JSON reports, manifest and logs.")
    var outputDir = "checkpoints/dwcp_v1"

    @Option(help: "Folder of the evaluation report and its plots.")
    var reportsDir = "reports/dwcp_v1"

    @Option(help: "Models to train, separated by commas.", transform: ListArguments.models)
    var models: [ModelKind] = ModelKind.allCases

    @Flag(help: "Trainers side by side, as many as there are threads, or one after the other.")
    var order: Order = .parallel

    @Option(help: "Seconds without any event after which a trainer counts as hung.")
    var stallTimeout = 900.0

    @Option(help: "Target of correlation, compression accuracy, incident recall and detection accuracy.")
    var targetAccuracy: Double?

    @Option(help: "Target of the bandwidth predictor's MAPE, percent.")
    var targetMape: Double?

    @Option(name: .customLong("target-pr-auc"), help: "Target of the reliability model's PR-AUC.")
    var targetPRAUC: Double?

    @Option(help: "Largest false-positive rate of the reliability model.")
    var maxFpRate: Double?

    @OptionGroup(title: "Training") var epochs: EpochFlags
    @OptionGroup(title: "Training") var training: TrainingFlags
    @OptionGroup(title: "Progress") var progress: ProgressFlags

    func validate() throws {
        try FlagRules.requireShare(targetAccuracy, "--target-accuracy")
        try FlagRules.requireShare(targetPRAUC, "--target-pr-auc")
        try FlagRules.requireShare(maxFpRate, "--max-fp-rate")
        try FlagRules.requirePositive(targetMape, "--target-mape")
        try FlagRules.requirePositive(stallTimeout, "--stall-timeout")
    }

    func run() async throws {
        let targets = TargetFlags(
            accuracy: targetAccuracy, mape: targetMape, prAUC: targetPRAUC, maximumFalsePositiveRate: maxFpRate)
        let options = TrainAllOptions(
            data: data.options(incidents: incidents.incidentsPath), outputDirectory: outputDir, reportsDirectory: reportsDir,
            models: models, targets: targets,
            training: training.options(epochs: epochs.epochs, batchSize: epochs.batchSize), isParallel: order == .parallel,
            stallTimeoutSeconds: stallTimeout)
        let display = ProgressDisplay(style: progress.style, models: models)
        let code = await CommandRunner.run(
            style: progress.style, advice: TrainAll.interruptedAdvice, atDeadline: { display.close() }
        ) {
            try await TrainAll(options: options).run(progress: display)
        }
        throw ExitCode(code)
    }
}
