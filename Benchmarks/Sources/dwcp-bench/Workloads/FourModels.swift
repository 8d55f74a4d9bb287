import ModelGraph
import Synchronization
import TensorCore

/// The four models at once, as `dwcp train-all` trains them: one thread each, the longest first, and a thread that becomes
/// free when no model waits goes to the longest that still runs.
struct FourModels: Contestant {
    /// The longest first.
    private let models: [(name: String, train: @Sendable (ThreadBudget) throws -> Double)]
    private let threads: Int

    /// Who runs on how many threads.
    private struct Shares {
        var budgets: [ThreadBudget]
        var running: [Int] = []
        var started = 0

        mutating func start(_ model: Int) {
            started += 1
            running.append(model)
            running.sort()
        }

        mutating func end(_ model: Int) {
            running.removeAll { $0 == model }
            guard started == budgets.count, let heir = running.first else { return }
            budgets[heir].change(to: budgets[heir].current + budgets[model].current)
        }
    }

    init(_ settings: Settings) throws {
        let parts = try settings.required(settings.parts, "parts")
        func part(_ name: String) throws -> Settings { try settings.required(parts[name], "parts.\(name)") }
        let lstm = try NetworkTraining.lstm(part("lstm")), autoencoder = try NetworkTraining.autoencoder(part("autoencoder"))
        let policy = try NetworkTraining.policy(part("policy")), forest = try ForestFit(part("forest-fit"))
        models = [
            ("lstm", { try lstm.train(threads: $0) }), ("autoencoder", { try autoencoder.train(threads: $0) }),
            ("policy", { try policy.train(threads: $0) }), ("forest", { Double(try forest.fit(threads: $0).trees.count) }),
        ]
        threads = settings.threads
    }

    func run() throws -> Round {
        let evidence = Mutex<[String: Double]>([:])
        // Threads beyond one for each model go to the longest.
        let budgets = models.indices.map { ThreadBudget($0 == 0 ? max(1, threads - models.count + 1) : 1) }
        let shares = Mutex(Shares(budgets: budgets))
        let (_, seconds) = try Round.measure {
            let jobs = models.enumerated().map { index, model in
                { @Sendable in
                    shares.withLock { $0.start(index) }
                    defer { shares.withLock { $0.end(index) } }
                    let (result, seconds) = try Round.measure { try model.train(budgets[index]) }
                    evidence.withLock {
                        $0["\(model.name) s"] = seconds
                        $0[model.name == "forest" ? "trees" : "\(model.name) loss"] = result
                    }
                }
            }
            try Concurrently.perform(jobs, threads: threads)
        }
        return Round(seconds: seconds, evidence: evidence.withLock { $0 })
    }
}
