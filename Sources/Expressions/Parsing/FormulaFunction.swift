/// A function that a formula may call: how it is written and which node it makes.
enum FormulaFunction {
    case unary(UnaryOperation)
    case binary(BinaryOperation)
    case clip
    case conditional
    case lag
    case difference
    case rolling(RollingStatistic)

    /// Every name, in the order in which an error lists them.
    static let names = [
        "abs", "exp", "log", "log1p", "sqrt", "is_missing", "min", "max", "coalesce", "clip", "if", "lag", "diff",
        "rolling_mean", "rolling_std", "rolling_min", "rolling_max", "rolling_median",
    ]

    init?(named name: String) {
        guard Self.names.contains(name) else { return nil }
        switch name {
        case "clip": self = .clip
        case "if": self = .conditional
        case "lag": self = .lag
        case "diff": self = .difference
        default:
            if let statistic = RollingStatistic(rawValue: name) {
                self = .rolling(statistic)
            } else if let operation = UnaryOperation(rawValue: name) {
                self = .unary(operation)
            } else if let operation = BinaryOperation(rawValue: name) {
                self = .binary(operation)
            } else {
                return nil
            }
        }
    }

    var argumentCounts: ClosedRange<Int> {
        switch self {
        case .unary: 1 ... 1
        case .binary, .lag, .rolling: 2 ... 2
        case .difference: 1 ... 2
        case .clip, .conditional: 3 ... 3
        }
    }

    /// How a call looks.
    var usage: String {
        switch self {
        case .unary(let operation): "\(operation.rawValue)(x)"
        case .binary(let operation): "\(operation.rawValue)(a, b)"
        case .clip: "clip(x, low, high)"
        case .conditional: "if(condition, a, b)"
        case .lag: "lag(x, rows)"
        case .difference: "diff(x) or diff(x, rows)"
        case .rolling(let statistic): "\(statistic.rawValue)(x, rows)"
        }
    }

    /// The node for arguments of an allowed count; nil when a number of rows is not a number that may stand there.
    func node(_ arguments: [Node]) -> Node? {
        switch self {
        case .unary(let operation): .unary(operation, arguments[0])
        case .binary(let operation): .binary(operation, arguments[0], arguments[1])
        case .clip: .clip(arguments[0], low: arguments[1], high: arguments[2])
        case .conditional: .conditional(arguments[0], then: arguments[1], otherwise: arguments[2])
        case .lag: Self.rows(arguments[1]).map { .lag(arguments[0], rows: $0) }
        case .difference:
            (arguments.count == 2 ? Self.rows(arguments[1]) : 1).map { .difference(arguments[0], rows: $0) }
        case .rolling(let statistic): Self.rows(arguments[1]).map { .rolling(statistic, arguments[0], rows: $0) }
        }
    }

    /// A literal whole number of rows. Zero and negative numbers are refused: a negative lag would read the future.
    private static func rows(_ node: Node) -> Int? {
        guard case .number(let value) = node, let rows = Int(exactly: value) else { return nil }
        return (1 ... Formula.maximumReach).contains(rows) ? rows : nil
    }
}
