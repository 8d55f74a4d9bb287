import Evaluation
import Failures
import Files
import Foundation
import Learners
import ModelArtifacts
public import Telemetry
import TensorCore

/// `dwcp train-all`: validates the data, trains the selected models in child processes, judges them, writes the reports and,
/// last, the manifest.
public struct TrainAll: Sendable {
    public var options: TrainAllOptions
    /// The command line of this run, for the manifest.
    public var command: [String]
    /// The program that is started for each trainer, with arguments that come before `train`. Replaced by tests.
    public var worker: (executable: String, arguments: [String])
    /// Reads and validates the input. Replaced by tests.
    public var examine: @Sendable (DataOptions, [ModelKind], Bool) throws -> DataSummary

    public init(
        options: TrainAllOptions, command: [String] = CommandLine.arguments,
        worker: (executable: String, arguments: [String]) = (CurrentExecutable.path, []),
        examine: @escaping @Sendable (DataOptions, [ModelKind], Bool) throws -> DataSummary = DataExamination.examine
    ) {
        self.options = options
        self.command = command
        self.worker = worker
        self.examine = examine
    }

    /// What to do after a signal.
    public static let interruptedAdvice =
        "interrupted; nothing half written was left behind; run the same command again"

    /// Runs to the end, whatever single trainers do.
    /// - Throws: an `ExplainedError` when the data is rejected or the folders cannot be written, `Interruption.Interrupted` when
    ///   the task was cancelled. Failed trainers and missed targets are part of the result.
    public func run(progress: ProgressDisplay) async throws -> CommandResult {
        let start = (clock: ContinuousClock.now, date: RunClock.text())
        try options.training.precision.requireSupport()
        let data = try examine(options.data, options.models, true)
        let inputs = try inputFiles()
        let folder = options.folder
        try folder.prepare()

        let results = await trainers.run(
            jobs(except: data), onEvent: { progress.receive($0) }, onEnd: { progress.end($0) })
        progress.close()
        if Task.isCancelled { throw Interruption.Interrupted(Self.interruptedAdvice) }

        let reports = options.models.map { report(on: $0, results: results, data: data, date: start.date) }
        let seconds = (ContinuousClock.now - start.clock) / .seconds(1)
        let master = MasterReport(run: folder.name, date: start.date, models: reports, seconds: seconds, data: data)
        let writer = ReportWriter(folder: folder)
        let models = reports.map(\.evaluation)
        try writer.writeEvaluation(models, testDataPath: options.data.dataPath, data: data, date: start.date)
        try writer.writeMaster(master, options: options)
        let conclusion = conclusion(reports: reports, results: results)
        try await writeManifest(startedAt: start.date, exitCode: conclusion.exitCode, inputs: inputs)
        return CommandResult(output: ResultTable.text(models), conclusion: conclusion)
    }

    // MARK: Trainers

    private var trainers: Orchestrator {
        Orchestrator(
            threads: options.training.threads, maximumParallel: options.trainersAtATime,
            stallTimeout: .seconds(options.stallTimeoutSeconds))
    }

    private func jobs(except data: DataSummary) -> [WorkerJob] {
        let untrainable = data.notTrainable.map(\.model)
        return options.startingOrder.filter { !untrainable.contains($0) }.map { model in
            WorkerJob(
                model: model, executable: worker.executable,
                arguments: worker.arguments + options.workerArguments(for: model), logPath: options.folder.log(model),
                work: model.expectedWork)
        }
    }

    // MARK: Results

    /// What a trainer left, if it belongs to this run and its files are the ones that were judged.
    private func report(on model: ModelKind, results: [WorkerResult], data: DataSummary, date: String) -> ModelReport {
        func failed(_ reason: String) -> ModelReport {
            .failed(model, because: reason, seed: options.training.seed, date: date)
        }
        if let reason = data.notTrainable.first(where: { $0.model == model })?.reason {
            return failed("not trained: \(reason)")
        }
        guard let result = results.first(where: { $0.model == model }) else { return failed("its trainer was never started") }
        if let explanation = result.explanation { return failed(explanation) }
        do {
            var report = try ReportJSON.read(ModelReport.self, at: options.folder.modelReport(model))
            guard report.model == model else { return failed("its report is about another model") }
            for artifact in report.evaluation.artifacts {
                let path = "\(options.outputDirectory)/\(artifact.file)"
                guard try SHA256.hexDigest(ofFile: path) == artifact.sha256 else {
                    return failed("\(path) is not the file that was judged")
                }
            }
            report.evaluation.judgement.plots = try ReportJSON.read(PlotData.self, at: options.folder.plotData(model))
            return report
        } catch {
            return failed("its trainer ended without leaving readable results: \(error)")
        }
    }

    private func conclusion(reports: [ModelReport], results: [WorkerResult]) -> Conclusion {
        let broken = results.filter { $0.ending != .finished }
        if let first = broken.first {
            let names = broken.map(\.model.rawValue).joined(separator: ", ")
            let cause = first.explanation ?? ""
            return .failure(
                Self.category(of: broken),
                "trainer failed: \(names); \(first.model.rawValue): \(cause); correct the cause and run the same command again")
        }
        let passed = reports.filter(\.success).count
        let all = "\(passed) of \(reports.count) models passed"
        let markdown = options.folder.evaluationMarkdown
        guard let missed = reports.first(where: { !$0.success }) else {
            return .success("all targets met: \(all); artifacts in \(options.outputDirectory), report: \(markdown)")
        }
        let name = ReportText.name(missed.model)
        return .targetsMissed("targets missed: \(all); \(name): \(missed.shortReason); read \(markdown)")
    }

    /// The cause that all failed trainers share, such as a full disk; else a failed trainer is just that.
    private static func category(of broken: [WorkerResult]) -> FailureCategory {
        let categories = broken.map { result -> FailureCategory in
            guard case .failed(let code) = result.ending, let category = FailureCategory(rawValue: code),
                category != .usage, category != .interrupted
            else { return .failure }
            return category
        }
        return categories.allSatisfy { $0 == categories[0] } ? categories[0] : .failure
    }

    // MARK: Manifest

    /// Fingerprinted before the training: what the trainers are about to read.
    private func inputFiles() throws -> [RunManifest.FileRecord] {
        let named = [
            ("data", options.data.dataPath), ("schema", options.data.schemaPath), ("incidents", options.data.incidentsPath),
        ]
        return try named.compactMap { role, path in try path.map { try RunManifest.FileRecord(role: role, path: $0) } }
    }

    private func writeManifest(startedAt: String, exitCode: Int32, inputs: [RunManifest.FileRecord]) async throws {
        let folder = options.folder
        let manifest = RunManifest(
            run: folder.name, startedAt: startedAt, finishedAt: RunClock.text(), exitCode: exitCode,
            command: ReproduceCommand.shellText(command), gitRevision: await GitRevision.current(),
            seed: options.training.seed, settings: options, inputs: inputs, outputs: try folder.producedFiles(),
            libraryVersions: ["dwcp": ProgramVersion.current]
                .merging(ComputeLibraries.versions) { own, _ in own }
                .merging(ArtifactLibraries.versions) { own, _ in own })
        try manifest.write(to: folder.manifest)
    }
}

/// The program's own version.
public enum ProgramVersion {
    public static let current = "0.1.0"
}
