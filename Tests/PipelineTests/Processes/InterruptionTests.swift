import Failures
import Foundation
@testable import Pipeline
import Telemetry
import TensorCore
import Testing

/// Each test runs the orchestrator in a process of its own, which then gets the signal.
@Suite struct InterruptionTests {
    private static let stubborn = "trap '' TERM INT; touch \"$0.ready\"; while true; do sleep 0.1; done"

    /// Prints the milliseconds from the signal to the end of the process whose number is in the file `$1`.
    private static let stopwatch = """
        for i in $(seq 1500); do [ -s "$1" ] && break; sleep 0.02; done
        pid=$(cat "$1"); start=$(date +%s%3N)
        for i in $(seq 1000); do
          grep -q '^State:[[:space:]]*[^Z[:space:]]' "/proc/$pid/status" 2> /dev/null || break
          sleep 0.02
        done
        echo $(($(date +%s%3N) - start))
        """

    @Test("SIGINT and SIGTERM end the program with 130 within a second and leave no trainer, however stubborn",
        arguments: [SIGINT, SIGTERM])
    func interrupted(number: Int32) async throws {
        let worker = try FakeWorker()
        let job = try worker.job(.latency, Self.stubborn)
        let mark = worker.path("signalled")
        // A process of its own takes the time: this one may be busy with other tests when the program ends.
        let watch = Process()
        watch.executableURL = URL(fileURLWithPath: "/bin/bash")
        watch.arguments = ["-c", Self.stopwatch, "stopwatch", mark]
        let measured = Pipe()
        watch.standardOutput = measured
        try watch.run()
        await #expect(processExitsWith: .exitCode(130)) {
            [script = job.arguments[0] as String, log = job.logPath as String, number = number as Int32, mark = mark as String] in
            try await runUntilSignalled(script: script, log: log, number: number, mark: mark)
        }
        watch.waitUntilExit()
        let text = String(decoding: measured.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let milliseconds = try #require(Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        // A second by construction; the rest is for a machine that is busy with other things.
        #expect(milliseconds < 3_000)
        #expect(await worker.isGone("latency"))
    }

    @Test("an operation that does not listen is ended all the same")
    func deaf() async throws {
        await #expect(processExitsWith: .exitCode(130)) {
            try await Interruption.guarding(advice: "stopped", patience: .milliseconds(300)) {
                kill(getpid(), SIGINT)
                let end = Date().addingTimeInterval(20)
                while Date() < end {}
            }
        }
    }

    @Test("a trainer that watches its input ends when its orchestrator is killed outright")
    func orchestratorKilled() async throws {
        let worker = try FakeWorker()
        // Two trainers: neither may hold the other's pipe open.
        let watching = "trap '' TERM; touch \"$0.ready\"; cat > /dev/null"
        let first = try worker.job(.latency, watching).arguments[0]
        let second = try worker.job(.bandwidth, watching).arguments[0]
        let folder = worker.folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [first = first as String, second = second as String, folder = folder as String] in
            let jobs = [first, second].map { script in
                WorkerJob(
                    model: script.hasSuffix("latency.sh") ? .latency : .bandwidth, executable: "/bin/bash", arguments: [script],
                    logPath: folder + "/killed.log")
            }
            Task {
                while !jobs.allSatisfy({ FileManager.default.fileExists(atPath: $0.arguments[0] + ".ready") }) {
                    try await Task.sleep(for: .milliseconds(20))
                }
                kill(getpid(), SIGKILL)
            }
            _ = await Orchestrator(threads: 2).run(jobs) { _ in }
        }
        #expect(await worker.isGone("latency"))
        #expect(await worker.isGone("bandwidth"))
    }

    @Test("the watch of a trainer exits with 130 when the pipe closes, and not before")
    func watch() async throws {
        await #expect(processExitsWith: .exitCode(130)) {
            let pipe = Pipe()
            ParentWatch.start(descriptor: pipe.fileHandleForReading.fileDescriptor, changing: 1)
            pipe.fileHandleForWriting.write(Data("x".utf8))
            try await Task.sleep(for: .milliseconds(200))
            try pipe.fileHandleForWriting.close()
            try await Task.sleep(for: .seconds(10))
        }
        await #expect(processExitsWith: .exitCode(0)) {
            let pipe = Pipe()
            ParentWatch.start(descriptor: pipe.fileHandleForReading.fileDescriptor, changing: 1)
            try await Task.sleep(for: .milliseconds(200))
            try withExtendedLifetime(pipe) { try pipe.fileHandleForWriting.write(contentsOf: Data("x".utf8)) }
            exit(0)
        }
    }
}

/// Runs the orchestrator under `Interruption` and sends `number` to this process once the trainer is up.
private func runUntilSignalled(script: String, log: String, number: Int32, mark: String) async throws {
    let job = WorkerJob(model: .latency, executable: "/bin/bash", arguments: [script], logPath: log)
    Task {
        while !FileManager.default.fileExists(atPath: script + ".ready") { try await Task.sleep(for: .milliseconds(20)) }
        try String(getpid()).write(toFile: mark, atomically: true, encoding: .utf8)
        kill(getpid(), number)
    }
    do {
        try await Interruption.guarding(advice: "stopped") {
            _ = await Orchestrator(threads: 1).run([job]) { _ in }
            try Task.checkCancellation()
        }
    } catch {
        exit(Conclusion(of: error).exitCode)
    }
}
