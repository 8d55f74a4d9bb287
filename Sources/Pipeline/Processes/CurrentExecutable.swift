import Foundation

/// This program's own file, which the orchestrator starts again for each trainer.
public enum CurrentExecutable {
    /// The real path, also when the program was found through PATH or a link.
    public static var path: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }
}
