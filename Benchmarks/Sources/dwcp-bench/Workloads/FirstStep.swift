import Learners
import TensorCore

/// A process that has taken its first training step by the time it says that it is ready: the harness measures from its
/// start until then.
struct FirstStep: Contestant {
    init(_ settings: Settings) throws {
        let training = try NetworkTraining.lstm(settings)
        var steps = -1
        do {
            // Asked before each step: the second time, the first step has been taken.
            _ = try training.train(threads: ThreadBudget(settings.threads)) {
                steps += 1
                return steps == 1
            }
        } catch TrainingError.cancelled {}
    }

    func run() throws -> Round { Round(seconds: 0, evidence: ["steps": 1]) }
}
