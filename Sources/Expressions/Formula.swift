//  Expressions owns the one small language in which schema features and import mappings are written: parsing it, asking
//  what a formula reads, evaluating it over the rows of one series. It must import nothing but Failures: it knows no
//  schema, no table and no file.

/// A formula over named columns of one series, for example `rolling_mean(rtt_ms, 10)` or `bits_per_second / 1e6`.
///
///     formula    = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
///     sum        = product { ("+" | "-") product }
///     product    = factor { ("*" | "/") factor }
///     factor     = "-" factor | number | column | function "(" arguments ")" | "(" formula ")"
///     column     = letter { letter | digit | "_" } | "`" any text "`"
///
/// Functions of the same row: `abs exp log log1p sqrt is_missing` of one argument, `min max coalesce` of two,
/// `clip(x, low, high)` and `if(condition, a, b)`. Functions of earlier rows of the same segment, whose second argument is a
/// whole number written out: `lag(x, k)`, `diff(x[, k])`, `rolling_mean`, `rolling_std`, `rolling_min`, `rolling_max` and
/// `rolling_median(x, n)` over the latest up to `n` rows, the row itself included.
///
/// A missing value is NaN. It makes every result missing that depends on it, except that `coalesce` takes its second
/// argument then, `is_missing` answers 1, and rolling functions skip it. Comparisons answer 1 or 0.
///
/// (Not called `Expression` because Foundation has a type of that name, and every file that imports both would be
/// ambiguous.)
public struct Formula: Sendable, Equatable {
    /// The text as written.
    public let source: String
    let root: Node

    /// Longest text that is accepted, bytes.
    public static let maximumLength = 4_096
    /// Deepest nesting that is accepted; a chain of operators counts one level each.
    public static let maximumDepth = 100
    /// Farthest that one `lag`, `diff` or rolling function may look back, rows.
    public static let maximumReach = 4_096

    /// - Throws: `FormulaError` with the position, for anything that is not a formula or exceeds the limits above.
    public init(parsing source: String) throws(FormulaError) {
        self.source = source
        var parser = try FormulaParser(source)
        root = try parser.parse()
    }
}

/// What a formula computes: a tree whose leaves are numbers and columns.
indirect enum Node: Sendable, Equatable {
    case number(Double)
    case column(String)
    case unary(UnaryOperation, Node)
    case binary(BinaryOperation, Node, Node)
    case clip(Node, low: Node, high: Node)
    case conditional(Node, then: Node, otherwise: Node)
    /// The value `rows` rows earlier in the segment.
    case lag(Node, rows: Int)
    /// The value minus the value `rows` rows earlier.
    case difference(Node, rows: Int)
    /// A statistic of the latest up to `rows` values.
    case rolling(RollingStatistic, Node, rows: Int)

    var children: [Node] {
        switch self {
        case .number, .column: []
        case .unary(_, let a), .lag(let a, _), .difference(let a, _), .rolling(_, let a, _): [a]
        case .binary(_, let a, let b): [a, b]
        case .clip(let a, let b, let c), .conditional(let a, let b, let c): [a, b, c]
        }
    }
}

enum UnaryOperation: String, Sendable {
    case negate
    case absolute = "abs"
    case exponential = "exp"
    case logarithm = "log"
    case logarithmOfOnePlus = "log1p"
    case squareRoot = "sqrt"
    case isMissing = "is_missing"
}

enum BinaryOperation: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="
    case minimum = "min"
    case maximum = "max"
    case coalesce
}

enum RollingStatistic: String, Sendable {
    case mean = "rolling_mean"
    case deviation = "rolling_std"
    case minimum = "rolling_min"
    case maximum = "rolling_max"
    case median = "rolling_median"
}
