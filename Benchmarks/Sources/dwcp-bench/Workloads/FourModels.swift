import ModelGraph
import Synchronization

/// The four models at once, as `dwcp train-all` trains them: as many at a time as there are threads, the longest first.
struct FourModels: Contestant {
    /// The longest first.
    private let models: [(name: String, train: @Sendable (_ threads: Int) throws -> Double)]
    private let threads: Int

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
        let threadsEach = max(1, threads / models.count)
        let (_, seconds) = try Round.measure {
            let jobs = models.map { name, train in
                { @Sendable in
                    let (result, seconds) = try Round.measure { try train(threadsEach) }
                    evidence.withLock {
                        $0["\(name) s"] = seconds
                        $0[name == "forest" ? "trees" : "\(name) loss"] = result
                    }
                }
            }
            try Concurrently.perform(jobs, threads: threads)
        }
        return Round(seconds: seconds, evidence: evidence.withLock { $0 })
    }
}
