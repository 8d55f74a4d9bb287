import Foundation
import Learners
import Pipeline
import Telemetry
import Testing

/// How threads pass from trainers that end to those that run.
@Suite struct HandOverTests {
    private let worker: FakeWorker

    init() throws { worker = try FakeWorker() }

    private func job(_ model: ModelKind, work: Double, _ body: String) throws -> WorkerJob {
        var job = try worker.job(model, body)
        job.work = work
        return job
    }

    /// Notes the first line from the orchestrator and which trainers had ended before it came.
    private func noteFirstLine(_ model: ModelKind) -> String {
        """
        read -r -t 20 line
        echo "$line" > '\(worker.path("\(model.rawValue).told"))'
        ls '\(worker.folder.path)' | grep '[.]ended$' >> '\(worker.path("\(model.rawValue).told"))'
        """
    }

    /// Notes that no line comes for a while.
    private func noteSilence(_ model: ModelKind) -> String {
        "read -r -t 0.3 line || line=nothing; echo \"$line\" > '\(worker.path("\(model.rawValue).told"))'"
    }

    private func waitFor(_ file: String) -> String { "until [ -e '\(worker.path(file))' ]; do sleep 0.02; done" }

    private func mark(_ model: ModelKind) -> String { "touch '\(worker.path("\(model.rawValue).ended"))'" }

    @Test("on two threads the two longest start; the last one gets the other's thread when nobody waits for it any more")
    func lastTrainer() async throws {
        let jobs = [
            try job(.latency, work: 200, noteFirstLine(.latency)),
            try job(.bandwidth, work: 60, "sleep 0.2; \(mark(.bandwidth))"),
            try job(.compression, work: 5, "sleep 0.2; \(mark(.compression))"),
            try job(.reliability, work: 2, "sleep 0.2; \(mark(.reliability))"),
        ]
        let results = await Orchestrator(threads: 2).run(jobs) { _ in }
        #expect(results.map(\.ending) == [.finished, .finished, .finished, .finished])
        #expect(try worker.told(.latency) == ["threads 2", "bandwidth.ended", "compression.ended", "reliability.ended"])
    }

    @Test("with more threads than trainers the longest gets the rest at its start")
    func start() async throws {
        let jobs = [
            try job(.latency, work: 200, "\(noteFirstLine(.latency)); \(waitFor("compression.told"))"),
            try job(.compression, work: 5, "\(waitFor("latency.told")); \(noteSilence(.compression))"),
        ]
        _ = await Orchestrator(threads: 4).run(jobs) { _ in }
        #expect(try worker.told(.latency) == ["threads 3"])
        #expect(try worker.told(.compression) == ["nothing"])
    }

    @Test("one after the other, each trainer has all threads")
    func sequential() async throws {
        let jobs = try [ModelKind.latency, .bandwidth].map { try job($0, work: 1, "\(noteFirstLine($0)); \(mark($0))") }
        _ = await Orchestrator(threads: 3, maximumParallel: 1).run(jobs) { _ in }
        #expect(try worker.told(.latency) == ["threads 3"])
        #expect(try worker.told(.bandwidth) == ["threads 3", "latency.ended"])
    }

    @Test("a free thread goes where most work is left by what the trainers reported, not to what was longest at first")
    func progress() async throws {
        let lastEpoch = FakeWorker.epochLine
            .replacing("\"bandwidth\"", with: "\"latency\"").replacing("\"epoch\":1", with: "\"epoch\":9")
        let almostDone = """
            echo '{"event":"started","model":"latency","epochs":10,"samples":1,"parameters":1}'
            echo '\(lastEpoch)'
            \(waitFor("bandwidth.told")); \(noteSilence(.latency))
            """
        let jobs = [
            try job(.latency, work: 200, almostDone),
            try job(.bandwidth, work: 60, "\(noteFirstLine(.bandwidth)); \(waitFor("latency.told"))"),
            try job(.compression, work: 5, waitFor("epoch.seen")),
        ]
        _ = await Orchestrator(threads: 3).run(jobs) { [seen = worker.path("epoch.seen")] line in
            guard case .epoch = line.event else { return }
            _ = FileManager.default.createFile(atPath: seen, contents: nil)
        }
        #expect(try worker.told(.bandwidth).first == "threads 2")
        #expect(try worker.told(.latency) == ["nothing"])
    }

    @Test("a trainer that failed hands its thread over as well, and one that does not listen harms nobody")
    func failures() async throws {
        let jobs = [
            try job(.latency, work: 200, "exec 0<&-; touch \"$0.ready\"; \(waitFor("bandwidth.collected")); sleep 0.2"),
            try job(.bandwidth, work: 60, "\(waitFor("latency.sh.ready")); kill -SEGV $$"),
            try job(.compression, work: 50, noteFirstLine(.compression)),
        ]
        let results = await Orchestrator(threads: 3).run(jobs) { _ in
        } onEnd: { [collected = worker.path("bandwidth.collected")] result in
            if result.model == .bandwidth { _ = FileManager.default.createFile(atPath: collected, contents: nil) }
        }
        #expect(results.map(\.ending) == [.finished, .killed(signal: SIGSEGV), .finished])
        #expect(try worker.told(.compression).first == "threads 3")
    }
}
