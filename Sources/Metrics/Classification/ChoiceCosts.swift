/// What every choice would have cost in every row, for example the transfer time of each compression level in milliseconds.
public struct ChoiceCosts: Sendable, Equatable {
    private let choiceCount: Int
    private let costs: [Double]

    /// - Parameter costs: row-major `[row, choice]`.
    public init(costs: [Double], choiceCount: Int) {
        precondition(choiceCount > 0 && costs.count % choiceCount == 0, "\(costs.count) costs, \(choiceCount) a row")
        self.costs = costs
        self.choiceCount = choiceCount
    }

    /// The choice with the least total cost when always taken; the first of equals, nil for no rows or a cost that is not
    /// finite. Choose it on validation, then judge against it on test.
    public var bestFixedChoice: Int? {
        guard !costs.isEmpty, costs.allSatisfy(\.isFinite) else { return nil }
        let totals = (0 ..< choiceCount).map { choice in
            stride(from: choice, to: costs.count, by: choiceCount).reduce(0) { $0 + costs[$1] }
        }
        return totals.indices.reduce(0) { totals[$1] < totals[$0] ? $1 : $0 }
    }
}
