import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// Runs trainers as child processes, at most `maximumParallel` at a time.
///
/// A trainer that fails, crashes, hangs or is killed does not touch the others. Each trainer leads its own process group: a
/// Ctrl-C at the terminal reaches this process alone, which then ends every group, TERM first and KILL after
/// `terminationGrace`. Each trainer's standard input is a pipe that nobody writes to: when this process dies without a
/// chance to clean up, the pipe closes and the trainer ends itself (`ParentWatch`).
public struct Orchestrator: Sendable {
    public var maximumParallel: Int
    /// A trainer that reports no event for this long is taken for hung and terminated.
    public var stallTimeout: Duration
    public var terminationGrace: Duration

    public init(
        maximumParallel: Int, stallTimeout: Duration = .seconds(900), terminationGrace: Duration = .milliseconds(500)
    ) {
        self.maximumParallel = max(1, maximumParallel)
        self.stallTimeout = stallTimeout
        self.terminationGrace = terminationGrace
    }

    /// Starts the jobs in their order and returns when all have ended, with one result each in the jobs' order.
    ///
    /// Cancelling the task terminates what runs and starts nothing more; the results say `interrupted`.
    public func run(
        _ jobs: [WorkerJob], onEvent: @escaping @Sendable (ProgressLine) -> Void,
        onEnd: @escaping @Sendable (WorkerResult) -> Void = { _ in }
    ) async -> [WorkerResult] {
        await withTaskGroup(of: (Int, WorkerResult).self) { group in
            var results = [WorkerResult?](repeating: nil, count: jobs.count)
            var waiting = jobs.indices[...]
            func startNext() {
                guard let index = waiting.popFirst() else { return }
                group.addTask { (index, await runOne(jobs[index], onEvent: onEvent)) }
            }
            for _ in 0 ..< maximumParallel { startNext() }
            while let (index, result) = await group.next() {
                results[index] = result
                onEnd(result)
                startNext()
            }
            return results.compactMap(\.self)
        }
    }

    private func runOne(_ job: WorkerJob, onEvent: @escaping @Sendable (ProgressLine) -> Void) async -> WorkerResult {
        let start = ContinuousClock.now
        func result(_ ending: WorkerResult.Ending, lastWords: String = "") -> WorkerResult {
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            return WorkerResult(model: job.model, ending: ending, seconds: seconds, lastWords: lastWords, logPath: job.logPath)
        }
        if Task.isCancelled { return result(.interrupted) }
        let log: WorkerLog
        do { log = try WorkerLog(path: job.logPath) } catch { return result(.couldNotStart("\(error)")) }

        let lastHeard = LastHeard()
        let ending = await withTaskGroup(of: WorkerResult.Ending?.self) { group in
            group.addTask {
                await endingOfProcess(job, log: log) { line in
                    lastHeard.touch()
                    onEvent(line)
                }
            }
            group.addTask { await stall(lastHeard) }
            let first = await group.next() ?? nil
            group.cancelAll()
            // After a stall, wait until the cancelled process is really gone.
            await group.waitForAll()
            return first ?? .interrupted
        }
        let interrupted = Task.isCancelled && ending != .finished
        return result(interrupted ? .interrupted : ending, lastWords: log.lastWords)
    }

    /// Returns once nothing was heard for `stallTimeout`; nil when cancelled first.
    private func stall(_ lastHeard: LastHeard) async -> WorkerResult.Ending? {
        while true {
            let quiet = ContinuousClock.now - lastHeard.time
            if quiet >= stallTimeout { return .stalled(seconds: stallTimeout / .seconds(1)) }
            do { try await Task.sleep(for: stallTimeout - quiet) } catch { return nil }
        }
    }

    /// Runs the process to its end. Cancellation tears its group down.
    private func endingOfProcess(
        _ job: WorkerJob, log: WorkerLog, onEvent: @escaping @Sendable (ProgressLine) -> Void
    ) async -> WorkerResult.Ending {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: terminationGrace)]
        let variables: [Environment.Key: String?] = job.environment.reduce(into: [:]) { $0[.init(stringLiteral: $1.key)] = $1.value }
        let processGroup = Mutex<pid_t?>(nil)
        // Whatever the trainer started and did not wait for ends with it, also when it ignores TERM.
        defer { if let group = processGroup.withLock({ $0 }) { kill(-group, SIGKILL) } }
        do {
            let run = try await Subprocess.run(
                .path(FilePath(job.executable)), arguments: .init(job.arguments), environment: .inherit.updating(variables),
                platformOptions: options, input: .inputWriter, output: .sequence, error: .sequence
            ) { process in
                processGroup.withLock { $0 = process.processIdentifier.value }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await forEachLine(of: process.standardOutput) { line in
                            log.append(line)
                            if let event = ProgressLine(json: line) { onEvent(event) }
                        }
                    }
                    group.addTask { try await forEachLine(of: process.standardError) { log.appendError($0) } }
                    try await group.waitForAll()
                }
            }
            return switch run.terminationStatus {
            case .exited(let code) where code == 0 || code == 1: .finished
            case .exited(let code): .failed(exitCode: code)
            case .signaled(let signal): .killed(signal: signal)
            }
        } catch {
            return Task.isCancelled ? .interrupted : .couldNotStart("\(error)")
        }
    }

    private func forEachLine(of pieces: SubprocessOutputSequence, _ body: (String) -> Void) async throws {
        var splitter = LineSplitter()
        for try await piece in pieces {
            let bytes = piece.withUnsafeBytes { Array($0) }
            for line in splitter.append(bytes) { body(line) }
        }
        if let last = splitter.finish() { body(last) }
    }
}

/// When a trainer last reported an event.
private final class LastHeard: Sendable {
    private let instant = Mutex(ContinuousClock.now)

    func touch() { instant.withLock { $0 = .now } }

    var time: ContinuousClock.Instant { instant.withLock { $0 } }
}
