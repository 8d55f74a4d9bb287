import ArgumentParser
import Pipeline
import Telemetry

struct TrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train and judge one model.",
        subcommands: [TrainBandwidth.self, TrainCompression.self, TrainReliability.self, TrainLatency.self])
}

struct TrainBandwidth: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bandwidth", abstract: "Train the LSTM that predicts a link's next throughput.")

    @OptionGroup var common: OneModelFlags

    @Option(help: "Target of the correlation.")
    var targetCorrelation: Double?

    @Option(help: "Target of the MAPE, percent.")
    var targetMape: Double?

    @OptionGroup var epochs: EpochFlags
    @OptionGroup var window: WindowFlag

    func validate() throws {
        try common.validateOutput(for: .bandwidth)
        try FlagRules.requireShare(targetCorrelation, "--target-correlation")
        try FlagRules.requirePositive(targetMape, "--target-mape")
    }

    func run() async throws {
        let targets = TargetFlags(correlation: targetCorrelation, mape: targetMape)
        try await common.train(.bandwidth, targets: targets, epochs: epochs, windowLength: window.windowSize)
    }
}

struct TrainCompression: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compression", abstract: "Train the policy network that selects a compression level.")

    @OptionGroup var common: OneModelFlags

    @Option(help: "Target of the accuracy against the oracle.")
    var targetAccuracy: Double?

    @OptionGroup var epochs: EpochFlags

    func validate() throws {
        try common.validateOutput(for: .compression)
        try FlagRules.requireShare(targetAccuracy, "--target-accuracy")
    }

    func run() async throws {
        try await common.train(.compression, targets: TargetFlags(accuracy: targetAccuracy), epochs: epochs)
    }
}

struct TrainReliability: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reliability", abstract: "Train the isolation forest that flags failing nodes.")

    @OptionGroup var common: OneModelFlags
    @OptionGroup var incidents: IncidentsFlag

    @Option(help: "Target of the share of labelled incidents that are found.")
    var targetRecall: Double?

    @Option(name: .customLong("target-pr-auc"), help: "Target of the PR-AUC.")
    var targetPRAUC: Double?

    @Option(help: "Largest false-positive rate.")
    var maxFpRate: Double?

    func validate() throws {
        try common.validateOutput(for: .reliability)
        try FlagRules.requireShare(targetRecall, "--target-recall")
        try FlagRules.requireShare(targetPRAUC, "--target-pr-auc")
        try FlagRules.requireShare(maxFpRate, "--max-fp-rate")
    }

    func run() async throws {
        let targets = TargetFlags(recall: targetRecall, prAUC: targetPRAUC, maximumFalsePositiveRate: maxFpRate)
        try await common.train(.reliability, incidents: incidents.incidentsPath, targets: targets)
    }
}

struct TrainLatency: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency", abstract: "Train the LSTM autoencoder that flags high consensus latency.")

    @OptionGroup var common: OneModelFlags
    @OptionGroup var incidents: IncidentsFlag

    @Option(help: "Target of the detection accuracy.")
    var targetAccuracy: Double?

    @OptionGroup var epochs: EpochFlags
    @OptionGroup var window: WindowFlag

    func validate() throws {
        try common.validateOutput(for: .latency)
        try FlagRules.requireShare(targetAccuracy, "--target-accuracy")
    }

    func run() async throws {
        try await common.train(
            .latency, incidents: incidents.incidentsPath, targets: TargetFlags(accuracy: targetAccuracy), epochs: epochs,
            windowLength: window.windowSize)
    }
}
