import Foundation
import Pipeline
import Telemetry

/// A shell script that stands in for a trainer, in a folder of its own.
struct FakeWorker {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("worker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    /// A job whose script runs `body` after noting its process id in `<model>.pid`.
    func job(_ model: ModelKind, _ body: String) throws -> WorkerJob {
        let script = path("\(model.rawValue).sh")
        let text = "echo $$ > '\(path("\(model.rawValue).pid"))'\n\(body)\n"
        try text.write(toFile: script, atomically: true, encoding: .utf8)
        // Started through bash: executing a file that was just written fails while a process forked meanwhile holds it open.
        return WorkerJob(
            model: model, executable: "/bin/bash", arguments: [script, "train", model.rawValue],
            logPath: path("\(model.rawValue).log"))
    }

    func log(_ model: ModelKind) throws -> String { try String(contentsOfFile: path("\(model.rawValue).log"), encoding: .utf8) }

    /// Whether the process that wrote `<name>.pid` is gone, waiting for it up to `patience`.
    func isGone(_ name: String, within patience: Duration = .seconds(2)) async -> Bool {
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            if let text = try? String(contentsOfFile: path("\(name).pid"), encoding: .utf8),
                let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), !Self.isRunning(pid)
            {
                return true
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// Waits until the script has started.
    func hasStarted(_ name: String) async -> Bool {
        for _ in 0 ..< 250 {
            if FileManager.default.fileExists(atPath: path("\(name).ready")) { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// A zombie that its parent has not collected yet counts as gone.
    private static func isRunning(_ pid: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let afterName = status.lastIndex(of: ")")
        else { return false }
        return !status[afterName...].dropFirst(2).hasPrefix("Z")
    }

    /// What the script `name` wrote to `<name>.told`, line by line.
    func told(_ model: ModelKind) throws -> [String] {
        try String(contentsOfFile: path("\(model.rawValue).told"), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    static let epochLine = """
        {"event":"epoch","model":"bandwidth","epoch":1,"loss":0.5,"validation_loss":0.25,"learning_rate":0.001,\
        "improved":true,"samples_per_second":1000,"seconds":0.1}
        """
}
