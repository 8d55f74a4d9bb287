/// What every choice would have cost in every row, for example the transfer time of each compression level in milliseconds.
/// Regret and gain are differences of such costs, never of accuracies.
public struct ChoiceCosts: Sendable, Equatable {
    public let choiceCount: Int
    private let costs: [Double]

    /// - Parameter costs: row-major `[row, choice]`.
    public init(costs: [Double], choiceCount: Int) {
        precondition(choiceCount > 0 && costs.count % choiceCount == 0, "\(costs.count) costs, \(choiceCount) a row")
        self.costs = costs
        self.choiceCount = choiceCount
    }

    public var rowCount: Int { costs.count / choiceCount }

    public func cost(row: Int, choice: Int) -> Double { costs[row * choiceCount + choice] }

    /// The cheapest choice of each row; the first of equals.
    public var cheapest: [Int] {
        (0 ..< rowCount).map { row in
            (0 ..< choiceCount).reduce(0) { cost(row: row, choice: $1) < cost(row: row, choice: $0) ? $1 : $0 }
        }
    }

    /// Whether each row's choice costs at most `tieBand` more than the cheapest (0.01: within 1 %). A cost that is not a
    /// number is never right.
    public func isRight(_ choices: [Int], tieBand: Double) -> [Bool] {
        precondition(choices.count == rowCount, "one choice per row")
        return zip(choices, cheapest).enumerated().map { row, pair in
            cost(row: row, choice: pair.0) <= cost(row: row, choice: pair.1) * (1 + tieBand)
        }
    }

    /// The choice with the least total cost when always taken; the first of equals, nil for no rows or a cost that is not
    /// finite. Choose it on validation, then judge against it on test.
    public var bestFixedChoice: Int? {
        guard rowCount > 0, costs.allSatisfy(\.isFinite) else { return nil }
        let totals = (0 ..< choiceCount).map { choice in
            (0 ..< rowCount).reduce(0) { $0 + cost(row: $1, choice: choice) }
        }
        return totals.indices.reduce(0) { totals[$1] < totals[$0] ? $1 : $0 }
    }

    /// Cost of `reference` minus cost of `choices`, row by row: what was saved. Against `cheapest` its negative is the
    /// regret.
    public func savings(of choices: [Int], against reference: [Int]) -> [Double] {
        precondition(choices.count == rowCount && reference.count == rowCount, "one choice per row")
        return (0 ..< rowCount).map { cost(row: $0, choice: reference[$0]) - cost(row: $0, choice: choices[$0]) }
    }

    /// The same against one choice always taken.
    public func savings(of choices: [Int], againstFixed choice: Int) -> [Double] {
        savings(of: choices, against: Array(repeating: choice, count: rowCount))
    }
}
