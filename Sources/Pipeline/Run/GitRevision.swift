import Foundation
import Subprocess

/// The revision of the working directory's repository, for the manifest.
enum GitRevision {
    /// The commit, with `-dirty` behind it when tracked files differ; nil without git, outside a repository, or when git does
    /// not answer within two seconds. Never fails a run.
    static func current() async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                guard let commit = await output(["rev-parse", "HEAD"])?.trimmingCharacters(in: .whitespacesAndNewlines),
                    !commit.isEmpty
                else { return nil }
                let changes = await output(["status", "--porcelain", "--untracked-files=no"]) ?? ""
                return commit + (changes.isEmpty ? "" : "-dirty")
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(2))
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    private static func output(_ arguments: [String]) async -> String? {
        let result = try? await Subprocess.run(
            .name("git"), arguments: .init(arguments), input: .none, output: .string(limit: 1 << 16), error: .discarded)
        guard let result, result.terminationStatus.isSuccess else { return nil }
        return result.standardOutput
    }
}
