import Failures
import Foundation
import Randomness
import TestSupport
import Testing

/// Every reader of outside bytes, given mutations of valid files: each ends in time, in bounded memory, with a result or an
/// explained error.
///
/// `make fuzz` sets DWCP_FUZZ_ROUNDS to 100,000 a reader and looks at memory; without the variable it is a short run. A crash ends
/// the process: the round that it happened in follows the last line printed, and every round can be repeated, since it follows
/// from its number alone.
@Suite(.serialized) struct FuzzTests {
    /// The longest that reading one small file may take, on a busy machine.
    private static let slowest = Duration.seconds(5)
    private static let roundsBetweenChecks = 2000

    private static let environment = ProcessInfo.processInfo.environment["DWCP_FUZZ_ROUNDS"].flatMap(Int.init)

    @Test("mutated files are read or refused with an explained error", arguments: FuzzedReader.chosen)
    func mutations(reader: FuzzedReader) throws {
        let seeds = try reader.seeds()
        #expect(!seeds.isEmpty)
        for seed in seeds { try reader.read(seed) }
        let largest = seeds.map(\.count).max() ?? 0
        let allowed = reader.memoryFactor * largest + FuzzedReader.memoryFloor
        var refused = 0
        var before = PeakMemory.reset()
        for round in 0 ..< (Self.environment ?? 300) {
            var random = RandomStream(seed: 1).child("fuzz \(reader.name)", round)
            var bytes = seeds[random.below(seeds.count)]
            for _ in 0 ... random.below(4) { Mutation.apply(to: &bytes, &random) }
            let start = ContinuousClock.now
            do {
                try reader.read(bytes)
            } catch {
                refused += 1
                #expect(error is any ExplainedError, "\(reader.name), round \(round): \(error)")
                #expect(!"\(error)".isEmpty)
            }
            #expect(ContinuousClock.now - start < Self.slowest, "\(reader.name), round \(round) took too long")
            // Only alone in the process does memory tell something about this reader.
            guard Self.environment != nil, round % Self.roundsBetweenChecks == Self.roundsBetweenChecks - 1 else { continue }
            let grown = PeakMemory.bytes - before
            #expect(grown <= allowed, "\(reader.name), up to round \(round): \(grown) bytes for files of \(largest)")
            before = PeakMemory.reset()
            print("fuzz: \(reader.name): \(round + 1) rounds, \(refused) refused, peak \(grown >> 10) KiB")
        }
        #expect(refused > 0 || !reader.throwsOnDamage, "no mutation was noticed: these bytes do not reach the reader")
    }
}

/// The resident memory that this process had at most (man 5 proc_pid_status, VmHWM).
enum PeakMemory {
    static var bytes: Int {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kibibytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) })
        else { return 0 }
        return kibibytes << 10
    }

    /// Begins to measure anew (man 5 proc_pid_clear_refs); returns what is resident now.
    static func reset() -> Int {
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
        return bytes
    }
}
