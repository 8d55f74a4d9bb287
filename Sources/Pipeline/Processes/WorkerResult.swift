public import Telemetry

/// A trainer to start: which model, and the command line of its process.
public struct WorkerJob: Sendable, Equatable {
    public var model: ModelKind
    /// An executable file; `CurrentExecutable.path` in production.
    public var executable: String
    public var arguments: [String]
    /// Added to, or replacing, the variables of this process.
    public var environment: [String: String]
    public var logPath: String
    /// How long the trainer takes on one thread, in any unit that all jobs share: free threads go where most is left of it.
    public var work: Double

    public init(
        model: ModelKind, executable: String, arguments: [String], environment: [String: String] = [:], logPath: String,
        work: Double = 1
    ) {
        self.model = model
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.logPath = logPath
        self.work = work
    }
}

/// How a trainer's process ended.
public struct WorkerResult: Sendable, Equatable {
    public var model: ModelKind
    public var ending: Ending
    public var seconds: Double
    /// The last non-empty line that the process wrote to standard error.
    public var lastWords: String
    public var logPath: String

    public enum Ending: Sendable, Equatable {
        /// Exit code 0 or 1: the model was trained, written and judged.
        case finished
        /// Any other exit code.
        case failed(exitCode: Int32)
        case killed(signal: Int32)
        /// No event for this many seconds; the process was terminated.
        case stalled(seconds: Double)
        case couldNotStart(String)
        /// Stopped, or never started, because the run was interrupted.
        case interrupted
    }

    /// What happened, for the report; nil when the trainer finished.
    public var explanation: String? {
        let said = lastWords.isEmpty ? "" : "; its last words were: \(lastWords)"
        return switch ending {
        case .finished: nil
        case .failed(let code): "the trainer exited with code \(code)\(said); its log is \(logPath)"
        case .killed(let signal):
            "the trainer was ended by signal \(Self.signalName(signal))\(said); its log is \(logPath)"
        case .stalled(let seconds):
            "the trainer reported nothing for \(Int(seconds.rounded())) s and was terminated\(said); its log is \(logPath)"
        case .couldNotStart(let reason): "the trainer could not be started: \(reason)"
        case .interrupted: "the run was interrupted before the trainer finished"
        }
    }

    private static func signalName(_ signal: Int32) -> String {
        switch signal {
        case 4: "4 (illegal instruction; a wrong OPENBLAS_CORETYPE can cause it)"
        case 6: "6 (abort)"
        case 8: "8 (arithmetic error)"
        case 9: "9 (kill; the system does that when memory runs out)"
        case 11: "11 (segmentation fault)"
        case 15: "15 (terminate)"
        default: "\(signal)"
        }
    }
}
