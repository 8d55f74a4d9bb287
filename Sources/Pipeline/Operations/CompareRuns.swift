import Evaluation
import Foundation
import Telemetry

/// `dwcp compare`: what changed between two runs — inputs, settings, metrics.
public enum CompareRuns {
    /// - Parameters: two checkpoints folders of finished runs.
    /// - Throws: `ReportFileError` when a folder holds no finished run.
    public static func run(_ first: String, _ second: String) throws -> CommandResult {
        let runs = try [first, second].map(FinishedRun.init)
        var text = "A: \(first) (\(runs[0].manifest.startedAt))\nB: \(second) (\(runs[1].manifest.startedAt))\n"
        text += section("data", differences(runs.map(\.inputs)))
        text += section("settings", differences(runs.map(\.settings)))
        text += section("metrics", differences(runs.map(\.metrics)))
        let same = runs[0].artifacts == runs[1].artifacts
        text += section("artifacts", same ? [] : differences(runs.map(\.artifacts)))
        let line = same ? "the artifacts are byte-identical" : "the artifacts differ"
        return CommandResult(output: text, conclusion: .success("compared \(first) and \(second): \(line)"))
    }

    private struct FinishedRun {
        let manifest: RunManifest
        let report: MasterReport

        init(_ folder: String) throws {
            let names = RunFolder(checkpoints: folder, reports: folder)
            manifest = try RunManifest.read(names.manifest)
            report = try ReportJSON.read(MasterReport.self, at: names.masterReport)
        }

        var inputs: [String: String] {
            manifest.inputs.reduce(into: [:]) { $0[$1.role] = "\($1.path) \($1.sha256.prefix(16))" }
        }

        var artifacts: [String: String] {
            manifest.outputs.filter { $0.role == "artifact" }.reduce(into: [:]) { $0[$1.path] = String($1.sha256.prefix(16)) }
        }

        /// Every setting by its path in the manifest, and the hyperparameters in effect.
        var settings: [String: String] {
            var flat: [String: String] = [:]
            if let data = try? ReportJSON.encode(manifest.settings), let tree = try? JSONSerialization.jsonObject(with: data) {
                CompareRuns.flatten(tree, path: "", into: &flat)
            }
            for model in report.orderedModels {
                for (name, value) in model.hyperparameters { flat["\(model.model.rawValue).\(name)"] = ReportText.plain(value) }
            }
            return flat
        }

        var metrics: [String: String] {
            var values: [String: String] = [:]
            for model in report.orderedModels {
                values["\(model.model.rawValue) verdict"] = model.evaluation.verdict.rawValue
                for metric in model.evaluation.judgement.metrics where !EvaluatedModel.timedMetrics.contains(metric.name) {
                    values["\(model.model.rawValue) \(metric.name)"] = ReportText.value(metric.value, unit: metric.unit)
                }
            }
            return values
        }
    }

    private static func flatten(_ tree: Any, path: String, into flat: inout [String: String]) {
        switch tree {
        case let object as [String: Any]:
            for (key, value) in object { flatten(value, path: path.isEmpty ? key : "\(path).\(key)", into: &flat) }
        case let list as [Any]: flat[path] = list.map { "\($0)" }.joined(separator: ",")
        default: flat[path] = "\(tree)"
        }
    }

    private static func differences(_ sides: [[String: String]]) -> [String] {
        let names = Set(sides[0].keys).union(sides[1].keys).sorted()
        return names.compactMap { name in
            let (a, b) = (sides[0][name] ?? "–", sides[1][name] ?? "–")
            return a == b ? nil : "  \(name): \(a) → \(b)"
        }
    }

    private static func section(_ title: String, _ lines: [String]) -> String {
        "\n\(title)\n" + (lines.isEmpty ? ["  the same"] : lines).joined(separator: "\n") + "\n"
    }
}
