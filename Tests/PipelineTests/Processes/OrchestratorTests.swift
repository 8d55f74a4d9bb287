import Foundation
import Learners
import Pipeline
import Synchronization
import Telemetry
import Testing

@Suite struct OrchestratorTests {
    private let worker: FakeWorker

    init() throws { worker = try FakeWorker() }

    private final class Received: Sendable {
        let lines = Mutex<[ProgressLine]>([])
        var all: [ProgressLine] { lines.withLock { $0 } }
    }

    @Test("events reach the subscriber, everything said reaches the log, and an exit code of 0 or 1 is a finished trainer")
    func finishes() async throws {
        let received = Received()
        let jobs = [
            try worker.job(.bandwidth, "echo '\(FakeWorker.epochLine)'; echo 'not an event'; echo 'a note' >&2"),
            try worker.job(.compression, "echo \"$@\"; printf 'no line break'; exit 1"),
        ]
        let results = await Orchestrator(threads: 2).run(jobs) { line in received.lines.withLock { $0.append(line) } }
        #expect(results.map(\.model) == [.bandwidth, .compression])
        #expect(results.map(\.ending) == [.finished, .finished])
        #expect(results[0].lastWords == "a note")
        let record = EpochRecord(
            epoch: 1, loss: 0.5, validationLoss: 0.25, learningRate: 0.001, improved: true, samplesPerSecond: 1_000, seconds: 0.1)
        #expect(received.all == [ProgressLine(model: .bandwidth, event: .epoch(record))])
        let log = try worker.log(.bandwidth).split(separator: "\n").map(String.init)
        #expect(Set(log) == [FakeWorker.epochLine, "not an event", "a note"])
        #expect(try worker.log(.compression) == "train compression\nno line break\n")
    }

    @Test("a failing, a crashing and an absent trainer are told apart and do not stop the others")
    func failures() async throws {
        let absent = WorkerJob(
            model: .latency, executable: worker.path("absent"), arguments: [], logPath: worker.path("latency.log"))
        let jobs = [
            try worker.job(.bandwidth, "echo 'dwcp: column rtt_ms is missing' >&2; exit 65"),
            try worker.job(.compression, "kill -SEGV $$"),
            try worker.job(.reliability, "sleep 0.3; exit 0"),
            absent,
        ]
        let results = await Orchestrator(threads: 4).run(jobs) { _ in }
        #expect(results[0].ending == .failed(exitCode: 65))
        #expect(results[0].explanation?.contains("column rtt_ms is missing") == true)
        #expect(results[1].ending == .killed(signal: SIGSEGV))
        #expect(results[1].explanation?.contains("segmentation fault") == true)
        #expect(results[2].ending == .finished)
        guard case .couldNotStart = results[3].ending else {
            Issue.record("an absent executable gave \(results[3].ending)")
            return
        }
    }

    @Test("no more than the allowed number of trainers run at a time, and all get their turn")
    func limit() async throws {
        let counter = "ls '\(worker.folder.path)'/*.running | wc -l >> '\(worker.path("counts"))'"
        let jobs = try ModelKind.allCases.map { model in
            let mark = worker.path("\(model.rawValue).running")
            return try worker.job(model, "touch '\(mark)'; \(counter); sleep 0.1; \(counter); rm '\(mark)'")
        }
        let results = await Orchestrator(threads: 2).run(jobs) { _ in }
        #expect(results.map(\.ending) == [.finished, .finished, .finished, .finished])
        let counts = try String(contentsOfFile: worker.path("counts"), encoding: .utf8)
            .split(separator: "\n").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        #expect(counts.count == 8 && counts.allSatisfy { (1 ... 2).contains($0) })
    }

    @Test("a trainer without events for the stated time is terminated with its children, although it ignores TERM")
    func stalled() async throws {
        let grandchild = "(trap '' TERM; echo $BASHPID > '\(worker.path("grandchild.pid"))'; sleep 60) &"
        let jobs = [
            try worker.job(.latency, "trap '' TERM\n\(grandchild)\nwhile true; do echo noise; sleep 0.05; done"),
        ]
        let orchestrator = Orchestrator(
            threads: 1, stallTimeout: .milliseconds(500), terminationGrace: .milliseconds(200))
        let results = await orchestrator.run(jobs) { _ in }
        #expect(results[0].ending == .stalled(seconds: 0.5))
        #expect(await worker.isGone("latency"))
        #expect(await worker.isGone("grandchild"))
    }

    @Test("events, however slow, keep a trainer alive beyond the stated time")
    func slow() async throws {
        let job = try worker.job(.bandwidth, "for i in 1 2 3 4 5 6; do echo '\(FakeWorker.epochLine)'; sleep 0.6; done")
        let results = await Orchestrator(threads: 1, stallTimeout: .seconds(3)).run([job]) { _ in }
        #expect(results[0].ending == .finished)
    }

    @Test("cancelling ends what runs and starts nothing more")
    func cancelled() async throws {
        let jobs = [
            try worker.job(.bandwidth, "touch '\(worker.path("bandwidth.ready"))'; sleep 60"),
            try worker.job(.compression, "exit 0"),
        ]
        let task = Task { await Orchestrator(threads: 1).run(jobs) { _ in } }
        #expect(await worker.hasStarted("bandwidth"))
        let start = ContinuousClock.now
        task.cancel()
        let results = await task.value
        #expect(ContinuousClock.now - start < .seconds(10), "the trainer would have slept for a minute")
        #expect(results.map(\.ending) == [.interrupted, .interrupted])
        #expect(await worker.isGone("bandwidth"))
        #expect(!FileManager.default.fileExists(atPath: worker.path("compression.pid")))
    }

    @Test("an endless line does not fill the memory and the trainer still ends")
    func endlessLine() async throws {
        let job = try worker.job(.bandwidth, "head -c 5000000 /dev/zero | tr '\\0' x; echo; echo '\(FakeWorker.epochLine)'")
        let received = Received()
        let results = await Orchestrator(threads: 1).run([job]) { line in received.lines.withLock { $0.append(line) } }
        #expect(results[0].ending == .finished)
        #expect(received.all.count == 1)
        #expect(try worker.log(.bandwidth).utf8.count < 70_000)
    }

    @Test("each trainer gets its own environment on top of ours")
    func environment() async throws {
        var job = try worker.job(.bandwidth, "echo \"$DWCP_TEST_VARIABLE\"; [ -n \"$PATH\" ]")
        job.environment = ["DWCP_TEST_VARIABLE": "set"]
        let results = await Orchestrator(threads: 1).run([job]) { _ in }
        #expect(results[0].ending == .finished)
        #expect(try worker.log(.bandwidth) == "set\n")
    }
}
