/// Shares out a number of threads among the jobs that run, whoever they are.
///
/// A job starts with one thread; while jobs wait for one, a thread that becomes free is for them. What is left over goes,
/// thread by thread, to the job with the most work left for each of its threads, and stays with it to its end: so the job
/// that would end last gets faster, and no core is idle while a trainer runs.
struct ThreadShares {
    let threads: Int
    /// By job.
    private(set) var given: [Int: Int] = [:]

    init(threads: Int) { self.threads = threads }

    var free: Int { threads - given.values.reduce(0, +) }

    /// - Precondition: a thread is free.
    mutating func start(_ job: Int) {
        precondition(free > 0, "job \(job) has no thread")
        given[job] = 1
    }

    mutating func end(_ job: Int) { given[job] = nil }

    /// Gives out the free threads.
    /// - Parameter workLeft: of a running job, in any unit.
    /// - Returns: the jobs that have more threads than before, in their order.
    mutating func giveOut(workLeft: (Int) -> Double) -> [Int] {
        var changed: Set<Int> = []
        let jobs = given.keys.sorted()
        for _ in 0 ..< free {
            // Of equals the first, so that the same state gives the same shares.
            guard let job = jobs.max(by: { need($0, workLeft) < need($1, workLeft) }) else { break }
            given[job, default: 0] += 1
            changed.insert(job)
        }
        return changed.sorted()
    }

    private func need(_ job: Int, _ workLeft: (Int) -> Double) -> Double { workLeft(job) / Double(given[job] ?? 1) }
}
