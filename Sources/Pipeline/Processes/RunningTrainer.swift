import Learners
import Synchronization

/// What the orchestrator knows of a trainer while it runs, from whichever task.
final class RunningTrainer: Sendable {
    let job: WorkerJob
    private let state = Mutex(State())

    private struct State {
        var input: WorkerInput?
        /// Told before the trainer's input was there.
        var allotment: ThreadAllotment?
        var lastHeard = ContinuousClock.now
        var epochs = 0
        var shareDone = 0.0
    }

    init(_ job: WorkerJob) { self.job = job }

    /// The trainer's process is about to start.
    func begin(_ input: WorkerInput) {
        state.withLock { state in
            state.input = input
            state.lastHeard = .now
            if let allotment = state.allotment { input.send(allotment.line) }
        }
    }

    /// Tells the trainer how many threads it may use.
    func allot(_ allotment: ThreadAllotment) {
        state.withLock { state in
            state.allotment = allotment
            state.input?.send(allotment.line)
        }
    }

    func note(_ event: TrainingEvent) {
        state.withLock { state in
            state.lastHeard = .now
            switch event {
            case .phase: break
            case .started(let epochs, _, _): state.epochs = epochs
            case .epoch(let record): state.shareDone = Double(record.epoch) / Double(max(state.epochs, record.epoch))
            case .stoppedEarly, .finished: state.shareDone = 1
            }
        }
    }

    /// When the trainer last reported an event.
    var lastHeard: ContinuousClock.Instant { state.withLock { $0.lastHeard } }

    /// Of the job's work.
    var workLeft: Double { job.work * (1 - state.withLock { $0.shareDone }) }
}
