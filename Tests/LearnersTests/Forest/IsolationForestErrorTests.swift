import Learners
import ModelGraph
import Randomness
import TensorCore
import Testing

@Suite struct IsolationForestErrorTests {
    private let frame = Tensor(shape: [4, 2], values: [1, 2, 3, 4, 5, 6, 7, 8])

    private func fit(
        _ frame: Tensor, _ forest: IsolationForest = IsolationForest(trees: 3), rows: [Int]? = nil,
        center: Tensor = Tensor([0, 0]), scale: Tensor = Tensor([1, 1])
    ) throws -> IsolationForestParameters {
        try forest.fit(frame, rows: rows, center: center, scale: scale, stream: RandomStream(seed: 1))
    }

    @Test("a value that is not finite is refused with its row and column, in fitting and in scoring", arguments: [
        Float.nan, .infinity, -.infinity,
    ])
    func notFinite(_ value: Float) throws {
        var spoiled = frame
        spoiled.values[5] = value
        let expected = (row: 2, column: 1)
        for work in [
            { _ = try fit(spoiled) },
            { _ = try IsolationForestScorer(fit(frame)).score(spoiled, threads: 2) },
        ] {
            let error = #expect(throws: IsolationForestError.self, performing: work)
            guard case .notFinite(expected.row, expected.column, _, false) = error else {
                Issue.record("found \(String(describing: error))")
                continue
            }
            #expect(error?.description.contains("row 2, column 1") == true)
        }
    }

    @Test("of several values that are not finite the first is named, whatever the number of threads")
    func firstOfSeveral() throws {
        var long = Tensor(repeating: 0, shape: [3000, 2])
        long.values[1400 * 2] = .nan
        long.values[2900 * 2 + 1] = .nan
        let scorer = try IsolationForestScorer(fit(frame))
        for threads: ThreadBudget in [1, 2, 5] {
            let error = #expect(throws: IsolationForestError.self) { try scorer.score(long, threads: threads) }
            guard case .notFinite(1400, 0, _, _) = error else {
                Issue.record("found \(String(describing: error))")
                continue
            }
        }
    }

    @Test("rows that are not learned from may hold anything")
    func unusedRows() throws {
        var spoiled = frame
        spoiled.values[5] = .nan
        #expect(try fit(spoiled, rows: [0, 1, 3]).trees.count == 3)
    }

    @Test("a value that overflows when scaled is refused")
    func overflow() {
        let error = #expect(throws: IsolationForestError.self) {
            try fit(Tensor(shape: [2, 2], values: [1, 1, 1, 3e38]), scale: Tensor([1, 0.1]))
        }
        #expect(error == .notFinite(row: 1, column: 1, found: 3e38, scaled: true))
    }

    @Test("empty data, a single row, wrong shapes, scales and hyperparameters are refused")
    func refused() {
        #expect(throws: IsolationForestError.tooFewRows(found: 0)) { try fit(Tensor(shape: [0, 2], values: [])) }
        #expect(throws: IsolationForestError.tooFewRows(found: 1)) { try fit(frame, rows: [2]) }
        #expect(throws: IsolationForestError.shape(name: "the frame", found: [8], expected: "[row, 2]")) {
            try fit(Tensor(frame.values))
        }
        #expect(throws: IsolationForestError.shape(name: "scale", found: [1], expected: "[2] like center")) {
            try fit(frame, scale: Tensor([1]))
        }
        #expect(throws: IsolationForestError.scale(column: 1, found: 0)) { try fit(frame, scale: Tensor([1, 0])) }
        #expect(throws: IsolationForestError.hyperparameter(name: "trees", found: 0, expected: "at least 1")) {
            try fit(frame, IsolationForest(trees: 0))
        }
        #expect(throws: IsolationForestError.hyperparameter(name: "sampleSize", found: 1, expected: "at least 2")) {
            try fit(frame, IsolationForest(sampleSize: 1))
        }
    }

    @Test("no rows have no scores; rows of another width are refused")
    func scoringShapes() throws {
        let scorer = try IsolationForestScorer(fit(frame))
        #expect(try scorer.score(Tensor(shape: [0, 2], values: [])).isEmpty)
        #expect(throws: IsolationForestError.shape(name: "the frame", found: [4, 1], expected: "[row, 2]")) {
            try scorer.score(Tensor(shape: [4, 1], values: [1, 2, 3, 4]))
        }
    }

    @Test("trees that could lead a walk out of bounds or in a circle are refused")
    func malformedTrees() throws {
        let sound = try fit(frame, IsolationForest(trees: 1))
        let inner = try #require(sound.trees[0].feature.firstIndex { $0 >= 0 })
        let damages: [(inout IsolationForestParameters.Tree) -> Void] = [
            { $0.left[inner] = Int32(inner) }, { $0.right[inner] = Int32($0.feature.count) }, { $0.left[inner] = -1 },
            { $0.left[inner] = $0.right[inner] }, { $0.feature[inner] = 2 }, { $0.threshold[inner] = .nan },
            { $0.pathLength.removeLast() }, { $0 = .init(feature: [], threshold: [], left: [], right: [], pathLength: []) },
        ]
        for damage in damages {
            var damaged = sound
            damage(&damaged.trees[0])
            let error = #expect(throws: IsolationForestError.self) { try IsolationForestScorer(damaged) }
            guard case .malformedTree(tree: 0, _, _) = error else {
                Issue.record("found \(String(describing: error))")
                continue
            }
        }
    }

    @Test("a forest without trees or with a senseless normaliser is refused")
    func malformedForest() throws {
        var forest = try fit(frame)
        forest.averagePathLength = 0
        #expect(throws: IsolationForestError.normaliser(found: 0)) { try IsolationForestScorer(forest) }
        forest.trees = []
        #expect(throws: IsolationForestError.hyperparameter(name: "trees", found: 0, expected: "at least 1")) {
            try IsolationForestScorer(forest)
        }
    }
}
