import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// Runs trainers as child processes and shares out the processor's threads among them.
///
/// A trainer that fails, crashes, hangs or is killed does not touch the others. Each trainer leads its own process group: a
/// Ctrl-C at the terminal reaches this process alone, which then ends every group, TERM first and KILL after
/// `terminationGrace`. Each trainer starts with one thread and is told on its standard input when it may use more
/// (`ThreadAllotment`); when this process dies without a chance to clean up, that input closes and the trainer ends itself
/// (`ParentWatch`).
public struct Orchestrator: Sendable {
    /// Threads of all trainers together; a running trainer has at least one.
    public var threads: Int
    public var maximumParallel: Int
    /// A trainer that reports no event for this long is taken for hung and terminated.
    public var stallTimeout: Duration
    public var terminationGrace: Duration

    /// - Parameter maximumParallel: as many trainers at a time as there are threads when absent.
    public init(
        threads: Int, maximumParallel: Int? = nil, stallTimeout: Duration = .seconds(900),
        terminationGrace: Duration = .milliseconds(500)
    ) {
        self.threads = max(1, threads)
        self.maximumParallel = max(1, maximumParallel ?? threads)
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
            let trainers = jobs.map { RunningTrainer($0) }
            var waiting = jobs.indices[...]
            var shares = ThreadShares(threads: threads)
            func useFreeThreads() {
                while shares.given.count < maximumParallel, shares.free > 0, let index = waiting.popFirst() {
                    shares.start(index)
                    group.addTask { (index, await run(trainers[index], onEvent: onEvent)) }
                }
                for index in shares.giveOut(workLeft: { trainers[$0].workLeft }) {
                    trainers[index].allot(ThreadAllotment(threads: shares.given[index] ?? 1))
                }
            }
            useFreeThreads()
            while let (index, result) = await group.next() {
                results[index] = result
                onEnd(result)
                shares.end(index)
                useFreeThreads()
            }
            return results.compactMap(\.self)
        }
    }

    private func run(_ trainer: RunningTrainer, onEvent: @escaping @Sendable (ProgressLine) -> Void) async -> WorkerResult {
        let start = ContinuousClock.now
        let job = trainer.job
        func result(_ ending: WorkerResult.Ending, lastWords: String = "") -> WorkerResult {
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            return WorkerResult(model: job.model, ending: ending, seconds: seconds, lastWords: lastWords, logPath: job.logPath)
        }
        if Task.isCancelled { return result(.interrupted) }
        let log: WorkerLog, input: WorkerInput
        do {
            (log, input) = (try WorkerLog(path: job.logPath), try WorkerInput())
        } catch {
            return result(.couldNotStart("\(error)"))
        }
        trainer.begin(input)
        let ending = await withTaskGroup(of: WorkerResult.Ending?.self) { group in
            group.addTask {
                await endingOfProcess(job, input: input, log: log) { line in
                    trainer.note(line.event)
                    onEvent(line)
                }
            }
            group.addTask { await stall(trainer) }
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
    private func stall(_ trainer: RunningTrainer) async -> WorkerResult.Ending? {
        while true {
            let quiet = ContinuousClock.now - trainer.lastHeard
            if quiet >= stallTimeout { return .stalled(seconds: stallTimeout / .seconds(1)) }
            do { try await Task.sleep(for: stallTimeout - quiet) } catch { return nil }
        }
    }

    /// Runs the process to its end. Cancellation tears its group down.
    private func endingOfProcess(
        _ job: WorkerJob, input: WorkerInput, log: WorkerLog, onEvent: @escaping @Sendable (ProgressLine) -> Void
    ) async -> WorkerResult.Ending {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: terminationGrace)]
        let variables: [Environment.Key: String?] = job.environment.reduce(into: [:]) { $0[.init(stringLiteral: $1.key)] = $1.value }
        let processGroup = Mutex<pid_t?>(nil)
        defer {
            input.close()
            // Whatever the trainer started and did not wait for ends with it, also when it ignores TERM.
            if let group = processGroup.withLock({ $0 }) { kill(-group, SIGKILL) }
        }
        do {
            let run = try await Subprocess.run(
                .path(FilePath(job.executable)), arguments: .init(job.arguments), environment: .inherit.updating(variables),
                platformOptions: options, input: .fileDescriptor(input.trainersEnd, closeAfterSpawningProcess: true),
                output: .sequence, error: .sequence
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
                // Whoever waits for more to read learns that there is nothing to come.
                input.close()
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
