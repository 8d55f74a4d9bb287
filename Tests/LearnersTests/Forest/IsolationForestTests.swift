import Learners
import ModelGraph
import Randomness
import TensorCore
import Testing

@Suite struct IsolationForestTests {
    private let unscaled3 = (center: Tensor([0, 0, 0]), scale: Tensor([1, 1, 1]))

    /// Normal rows; with `outlier`, the last one lies far away in every feature.
    private func frame(rows: Int, features: Int = 3, seed: UInt64 = 1, outlier: Bool = false) -> Tensor {
        var stream = RandomStream(seed: seed)
        var values = (0 ..< rows * features).map { _ in Float(stream.normal()) }
        if outlier { for feature in 1 ... features { values[values.count - feature] = 12 } }
        return Tensor(shape: [rows, features], values: values)
    }

    private func fit(_ frame: Tensor, _ forest: IsolationForest = IsolationForest(trees: 50), seed: UInt64 = 42) throws
        -> IsolationForestParameters {
        try forest.fit(frame, center: unscaled3.center, scale: unscaled3.scale, stream: RandomStream(seed: seed))
    }

    @Test("the average path length is known by hand")
    func averagePathLength() {
        #expect(IsolationForest.averagePathLength(samples: 0) == 0)
        #expect(IsolationForest.averagePathLength(samples: 1) == 0)
        #expect(IsolationForest.averagePathLength(samples: 2) == 1)
        // 2 (ln 4 + γ) − 2 · 4/5
        #expect(abs(IsolationForest.averagePathLength(samples: 5) - 2.327_020_052_042_847) < 1e-15)
        #expect(abs(IsolationForest.averagePathLength(samples: 256) - 10.244_770_920_119_917) < 1e-14)
    }

    @Test("equal rows are all equally normal: one leaf a tree, score one half")
    func equalRows() throws {
        let frame = Tensor(repeating: 3, shape: [100, 3])
        let forest = try fit(frame)
        #expect(forest.trees.allSatisfy { $0.feature == [-1] })
        #expect(try IsolationForestScorer(forest).score(frame) == [Float](repeating: 0.5, count: 100))
    }

    @Test("a single obvious outlier has the highest score, far above the others")
    func obviousOutlier() throws {
        let frame = frame(rows: 200, outlier: true)
        let scores = try IsolationForestScorer(fit(frame)).score(frame)
        let others = try #require(scores.dropLast().max())
        #expect(scores[199] > 0.7 && scores[199] > others + 0.05)
        #expect(scores.allSatisfy { $0 > 0 && $0 < 1 })
    }

    @Test("trees obey the paper: depth, sample size, every leaf's length, thresholds inside the data")
    func structure() throws {
        let frame = frame(rows: 500)
        let forest = try fit(frame, IsolationForest(trees: 30, sampleSize: 100))
        #expect(forest.averagePathLength == IsolationForest.averagePathLength(samples: 100))
        for tree in forest.trees {
            let leaves = leafDepths(tree)
            #expect(leaves.allSatisfy { $0.depth <= 7 })
            for leaf in leaves {
                // Above the limit a leaf holds one row (rows differ here); at the limit one or more.
                let beyond = Double(tree.pathLength[leaf.node]) - Double(leaf.depth)
                #expect(leaf.depth == 7 ? beyond >= 0 : beyond == 0)
            }
            #expect(zip(tree.feature, tree.threshold).allSatisfy { $0 == -1 || ((0 ..< 3).contains($0) && abs($1) < 5) })
        }
    }

    @Test("a sample of 257 rows may grow one level deeper than one of 256")
    func depthLimit() throws {
        for (sampleSize, limit) in [(256, 8), (257, 9), (2, 1), (3, 2)] {
            let forest = try fit(frame(rows: 2000), IsolationForest(trees: 20, sampleSize: sampleSize))
            #expect(forest.trees.flatMap(leafDepths).map(\.depth).max() == limit)
        }
    }

    @Test("fewer rows than the sample size use all rows")
    func fewRows() throws {
        let forest = try fit(frame(rows: 20), IsolationForest(trees: 5, sampleSize: 256))
        #expect(forest.averagePathLength == IsolationForest.averagePathLength(samples: 20))
        #expect(forest.trees.allSatisfy { leafDepths($0).count <= 20 })
    }

    @Test("constant features are never split on")
    func constantFeatures() throws {
        var frame = frame(rows: 300)
        for row in 0 ..< 300 { frame.values[row * 3 + 1] = 7 }
        let forest = try fit(frame)
        #expect(forest.trees.allSatisfy { !$0.feature.contains(1) && $0.feature.contains(0) && $0.feature.contains(2) })
    }

    @Test("features are chosen uniformly among those that vary, and splits uniformly between minimum and maximum")
    func uniformSplits() throws {
        // Two rows per tree: one split, anywhere between them.
        let frame = Tensor(shape: [2, 3], values: [0, 5, 10, 1, 5, 30])
        let forest = try fit(frame, IsolationForest(trees: 20_000, sampleSize: 2))
        let roots = forest.trees.map { ($0.feature[0], $0.threshold[0]) }
        let first = roots.filter { $0.0 == 0 }.map { Double($0.1) }
        // Five standard errors of a share, a mean and a variance of 20,000 or 10,000 draws.
        #expect(abs(Double(first.count) / 20_000 - 0.5) < 0.018)
        #expect(roots.allSatisfy { $0.0 == 0 ? (0 ..< 1).contains($0.1) : (10 ..< 30).contains($0.1) && $0.0 == 2 })
        let mean = first.reduce(0, +) / Double(first.count)
        #expect(abs(mean - 0.5) < 0.0145)
        #expect(abs(first.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(first.count) - 1 / 12) < 0.0038)
    }

    @Test("every row is drawn equally often, and never twice into one tree")
    func sampling() throws {
        // Row r alone has a 1, in feature r: a tree of two rows splits on the feature of one of them, either as likely.
        let rows = 12, trees = 12_000
        let identity = (0 ..< rows * rows).map { $0 / rows == $0 % rows ? Float(1) : 0 }
        let forest = try IsolationForest(trees: trees, sampleSize: 2).fit(
            Tensor(shape: [rows, rows], values: identity), center: Tensor(repeating: 0, shape: [rows]),
            scale: Tensor(repeating: 1, shape: [rows]), stream: RandomStream(seed: 3))
        // The same row twice could not be split.
        #expect(forest.trees.allSatisfy { $0.feature[0] >= 0 })
        for row in 0 ..< rows {
            // Five standard deviations of a count of mean 1,000.
            #expect(abs(forest.trees.count { $0.feature[0] == Int32(row) } - 1000) < 152)
        }
    }

    @Test("scaling moves thresholds and leaves scores as they are")
    func scaling() throws {
        let plain = frame(rows: 300)
        // Powers of two and whole numbers: float32 scales them without rounding.
        let quarters = Tensor(shape: plain.shape, values: plain.values.map { ($0 * 64).rounded() / 64 })
        let moved = Tensor(shape: plain.shape, values: quarters.values.map { $0 * 4 + 8 })
        let forest = IsolationForest(trees: 20)
        let one = try fit(quarters, forest)
        let other = try forest.fit(
            moved, center: Tensor([8, 8, 8]), scale: Tensor([4, 4, 4]), stream: RandomStream(seed: 42))
        #expect(one.trees == other.trees)
        #expect(try IsolationForestScorer(one).score(quarters) == IsolationForestScorer(other).score(moved))
    }

    @Test("only the chosen rows are learned from")
    func subset() throws {
        let frame = frame(rows: 400)
        let rows = Array(stride(from: 1, to: 400, by: 2))
        let part = Tensor(shape: [200, 3], values: rows.flatMap { frame.values[$0 * 3 ..< $0 * 3 + 3] })
        let chosen = try IsolationForest(trees: 10).fit(
            frame, rows: rows, center: unscaled3.center, scale: unscaled3.scale, stream: RandomStream(seed: 42))
        #expect(chosen == (try fit(part, IsolationForest(trees: 10))))
    }

    @Test("the same seed gives the same bits for any number of threads, another seed another forest")
    func determinism() throws {
        let frame = frame(rows: 3001)
        let forest = IsolationForest(trees: 21)
        func grow(threads: ThreadBudget) throws -> IsolationForestParameters {
            try forest.fit(
                frame, center: unscaled3.center, scale: unscaled3.scale, stream: RandomStream(seed: 42), threads: threads)
        }
        let one = try grow(threads: 1), scorer = try IsolationForestScorer(one)
        let scores = try scorer.score(frame)
        for threads: ThreadBudget in [2, 3, 4, 64] {
            #expect(try grow(threads: threads) == one)
            #expect(try scorer.score(frame, threads: threads) == scores)
        }
        #expect(try fit(frame, forest, seed: 43) != one)
    }

    @Test("a row's score does not depend on the rows beside it")
    func rowsAlone() throws {
        let frame = frame(rows: 1030), scorer = try IsolationForestScorer(fit(frame))
        let scores = try scorer.score(frame)
        for row in [0, 7, 511, 512, 1029] {
            let alone = Tensor(shape: [1, 3], values: Array(frame.values[row * 3 ..< row * 3 + 3]))
            #expect(try scorer.score(alone) == [scores[row]])
        }
    }

    private func leafDepths(_ tree: IsolationForestParameters.Tree) -> [(node: Int, depth: Int)] {
        var depth = [Int](repeating: 0, count: tree.feature.count)
        var leaves: [(node: Int, depth: Int)] = []
        for node in tree.feature.indices {
            guard tree.feature[node] >= 0 else {
                leaves.append((node, depth[node]))
                continue
            }
            depth[Int(tree.left[node])] = depth[node] + 1
            depth[Int(tree.right[node])] = depth[node] + 1
        }
        return leaves
    }
}
