public import Failures
import Files
import Foundation
public import Telemetry

/// The names of everything a run leaves on disk, and the cleaning of a folder for the next run.
public struct RunFolder: Sendable, Equatable {
    /// `checkpoints/<run>`: artifacts, JSON reports, manifest, logs, training state.
    public var checkpoints: String
    /// `reports/<run>`: the evaluation report and its plots.
    public var reports: String

    public init(checkpoints: String, reports: String) {
        self.checkpoints = checkpoints
        self.reports = reports
    }

    /// The run's name: the checkpoints folder's last component.
    public var name: String { URL(fileURLWithPath: checkpoints).lastPathComponent }

    // MARK: Names

    public func artifact(_ model: ModelKind, _ format: ExportFormat) -> String {
        "\(checkpoints)/\(model.fileStem).\(format.rawValue)"
    }

    public func modelReport(_ model: ModelKind) -> String { "\(checkpoints)/\(model.fileStem)_report.json" }
    /// What was kept of the train and validation parts for judging.
    public func reference(_ model: ModelKind) -> String { "\(checkpoints)/\(model.fileStem)_reference.json" }
    /// Sample inputs and outputs as NumPy arrays.
    public func samples(_ model: ModelKind) -> [String] {
        ["input", "output"].map { "\(checkpoints)/\(model.fileStem)_\($0).npy" }
    }
    public var masterReport: String { "\(checkpoints)/master_training_report.json" }
    public var masterMarkdown: String { "\(checkpoints)/master_training_report.md" }
    public var manifest: String { "\(checkpoints)/run_manifest.json" }
    public var logs: String { "\(checkpoints)/logs" }
    public func log(_ model: ModelKind) -> String { "\(logs)/\(model.rawValue).log" }
    /// The numbers behind a model's plots, handed from the trainer's process to the one that writes the reports.
    public func plotData(_ model: ModelKind) -> String { "\(logs)/\(model.fileStem)_plots.json" }
    /// Rows and expected outputs for checking the artifacts in another runtime: `<prefix>_input.npy`, `<prefix>_output.npy`.
    public func checkDataPrefix(_ model: ModelKind) -> String { "\(logs)/\(model.fileStem)" }
    public func trainingPlot(_ model: ModelKind) -> String { "\(logs)/\(model.fileStem)_training.svg" }
    /// Where trainers keep what `--resume` needs.
    public var state: String { "\(checkpoints)/state" }
    public var evaluationReport: String { "\(reports)/comprehensive_evaluation_report.json" }
    public var evaluationMarkdown: String { "\(reports)/comprehensive_evaluation_report.md" }

    // MARK: Preparation

    /// Makes the folders and removes what an earlier run left: first its manifest, so that no moment shows a manifest beside
    /// files of another run, then every file that it lists, then the well-known names, for a run that died before its manifest.
    /// - Parameter keepingState: the training state and the logs stay, for `--resume`.
    /// - Throws: `FileError` when a folder cannot be made or an old file cannot be removed.
    public func prepare(keepingState: Bool) throws {
        for folder in [checkpoints, reports, logs, state] {
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            } catch {
                let advice = "choose another --output-dir or --reports-dir, or make the place writable"
                throw RunFolderError(.cannotCreate, "cannot create the folder \(folder): \(error.localizedDescription); \(advice)")
            }
        }
        let listed = (try? RunManifest.read(manifest))?.producedFiles ?? []
        try remove(manifest)
        let kept: (String) -> Bool = { path in
            keepingState && (path.hasPrefix(state + "/") || path.hasSuffix(".log"))
        }
        for path in listed.map(absolute) + wellKnownFiles() + leftovers() where isInside(path) && !kept(path) { try remove(path) }
    }

    /// Removes the training state once a run is complete.
    public func removeState() { try? FileManager.default.removeItem(atPath: state) }

    /// A manifest is a file that anyone may have edited: it must not make us remove things elsewhere.
    private func isInside(_ path: String) -> Bool {
        let plain = URL(fileURLWithPath: path).standardized.path
        return [checkpoints, reports].contains { plain.hasPrefix(URL(fileURLWithPath: $0).standardized.path + "/") }
    }

    /// The path of a file as a manifest lists it.
    public func absolute(_ listed: String) -> String {
        let prefix = Self.reportsPrefix
        return listed.hasPrefix(prefix) ? "\(reports)/\(listed.dropFirst(prefix.count))" : "\(checkpoints)/\(listed)"
    }

    /// In manifests, marks a path below the reports folder.
    static let reportsPrefix = "reports:"

    private func wellKnownFiles() -> [String] {
        let perModel = ModelKind.allCases.flatMap { model in
            let artifacts = ["keras", "onnx", "pkl"].map { "\(checkpoints)/\(model.fileStem).\($0)" }
            let records = [modelReport(model), reference(model), log(model), plotData(model), trainingPlot(model)]
            return artifacts + records + samples(model)
        }
        return perModel + [masterReport, masterMarkdown, evaluationReport, evaluationMarkdown]
    }

    /// Training state, plots, and temporary files of a run that was killed while writing.
    private func leftovers() -> [String] {
        [checkpoints, reports, logs, state].flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.sorted().filter { name in
                let isPlot = name.hasSuffix(".svg") && ModelKind.allCases.contains { name.hasPrefix($0.fileStem + "_") }
                return folder == state || isPlot || name.contains(".partial-")
            }.map { "\(folder)/\($0)" }
        }
    }

    private func remove(_ path: String) throws {
        guard unlink(path) != 0, errno != ENOENT else { return }
        throw FileError(.cannotWrite, path: path, doing: "remove the earlier run's file", errno: errno)
    }
}

/// A run folder that cannot be used as asked.
public struct RunFolderError: ExplainedError, Equatable {
    public let category: FailureCategory
    public let description: String

    public init(_ category: FailureCategory, _ description: String) {
        self.category = category
        self.description = description
    }
}
