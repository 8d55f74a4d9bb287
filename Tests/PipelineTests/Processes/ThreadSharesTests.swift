import Foundation
@testable import Pipeline
import Telemetry
import TensorCore
import Testing

/// Who gets how many threads, and how trainers learn of it.
@Suite struct ThreadSharesTests {
    @Test("every job has a thread; the rest goes where most work is left for each thread", arguments: [
        (2, [200.0, 60], [1, 1]), (3, [200, 60], [2, 1]), (8, [200, 60, 5, 2], [4, 2, 1, 1]),
        (4, [1, 1, 1], [2, 1, 1]), (5, [0, 0], [4, 1]),
    ])
    func start(threads: Int, work: [Double], expected: [Int]) {
        var shares = ThreadShares(threads: threads)
        for job in work.indices { shares.start(job) }
        _ = shares.giveOut { work[$0] }
        #expect(work.indices.map { shares.given[$0] } == expected)
        #expect(shares.free == 0)
    }

    @Test("the threads of a job that ended go to the others, and no job ever loses one")
    func end() {
        let work = [30.0, 20, 10]
        var shares = ThreadShares(threads: 4)
        for job in work.indices { shares.start(job) }
        #expect(shares.giveOut { work[$0] } == [0])
        shares.end(2)
        #expect(shares.giveOut { work[$0] } == [1] && shares.given == [0: 2, 1: 2])
        shares.end(1)
        #expect(shares.giveOut { work[$0] } == [0] && shares.given == [0: 4])
        shares.end(0)
        #expect(shares.giveOut { work[$0] } == [] && shares.free == 4)
    }

    @Test("an allotment is what its line says; anything else is none")
    func lines() {
        #expect(ThreadAllotment(line: ThreadAllotment(threads: 12).line) == ThreadAllotment(threads: 12))
        for line in ["", "threads", "threads 0", "threads -1", "threads two", "threads 2 3", "thread 2"] {
            #expect(ThreadAllotment(line: line) == nil, "\(line)")
        }
    }

    @Test("a trainer takes the number of threads from its input, in whatever pieces, and ignores what it cannot read")
    func watch() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let pipe = Pipe()
            let threads: ThreadBudget = 1
            ParentWatch.start(descriptor: pipe.fileHandleForReading.fileDescriptor, changing: threads)
            func becomes(_ number: Int) async throws -> Bool {
                for _ in 0 ..< 500 where threads.current != number { try await Task.sleep(for: .milliseconds(10)) }
                return threads.current == number
            }
            pipe.fileHandleForWriting.write(Data("threads 2\nnonsense\nthreads 0\nthre".utf8))
            guard try await becomes(2) else { exit(2) }
            pipe.fileHandleForWriting.write(Data("ads 3\n".utf8))
            exit(try await becomes(3) ? 0 : 3)
        }
    }
}
