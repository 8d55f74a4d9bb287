/// Recursive descent over the grammar in `Formula`, with one token of look-ahead.
struct FormulaParser {
    private let source: String
    private var scanner: FormulaScanner
    private var token: Token
    /// Open parentheses, calls and signs around the current token.
    private var nesting = 0

    init(_ source: String) throws(FormulaError) {
        self.source = source
        scanner = try FormulaScanner(source)
        token = try scanner.next()
    }

    /// The whole text as one formula.
    mutating func parse() throws(FormulaError) -> Node {
        let tree = try comparison()
        guard token.kind == .end else {
            throw failure("found \(token.shown) where an operator or the end was expected")
        }
        return tree.node
    }

    /// A node with its height, so that neither brackets nor chains of operators can exhaust the stack later.
    private struct Tree {
        var node: Node
        var height: Int
    }

    private mutating func comparison() throws(FormulaError) -> Tree {
        let left = try sum()
        guard let operation = try takeOperator(["<", "<=", ">", ">=", "==", "!="]) else { return left }
        return try join(operation, left, try sum())
    }

    private mutating func sum() throws(FormulaError) -> Tree {
        var left = try product()
        while let operation = try takeOperator(["+", "-"]) { left = try join(operation, left, try product()) }
        return left
    }

    private mutating func product() throws(FormulaError) -> Tree {
        var left = try factor()
        while let operation = try takeOperator(["*", "/"]) { left = try join(operation, left, try factor()) }
        return left
    }

    private mutating func factor() throws(FormulaError) -> Tree {
        nesting += 1
        defer { nesting -= 1 }
        try checkDepth(nesting)
        let start = token
        switch start.kind {
        case .number(let value):
            try advance()
            return Tree(node: .number(value), height: 1)
        case .quotedName(let name):
            try advance()
            return Tree(node: .column(name), height: 1)
        case .name(let name):
            try advance()
            guard token.kind == .symbol("(") else { return Tree(node: .column(name), height: 1) }
            return try call(name, from: start)
        case .symbol("-"):
            try advance()
            let operand = try factor()
            return Tree(node: .unary(.negate, operand.node), height: operand.height + 1)
        case .symbol("("):
            try advance()
            let inner = try comparison()
            try expect(")")
            return inner
        default:
            throw failure("found \(start.shown) where a number, a column or a function was expected")
        }
    }

    /// The arguments of a call whose name has been read, and the node they make.
    private mutating func call(_ name: String, from start: Token) throws(FormulaError) -> Tree {
        try expect("(")
        guard let function = FormulaFunction(named: name) else {
            throw failure(
                "there is no function “\(name)”; known are \(FormulaFunction.names.joined(separator: ", "))", at: start)
        }
        var arguments: [Tree] = []
        if token.kind != .symbol(")") {
            repeat { arguments.append(try comparison()) } while try take(",")
        }
        try expect(")")
        guard function.argumentCounts.contains(arguments.count) else {
            throw failure("\(name) is written \(function.usage), but \(arguments.count) arguments were given", at: start)
        }
        guard let node = function.node(arguments.map(\.node)) else {
            throw failure(
                "the last argument of \(name) must be a whole number from 1 to \(Formula.maximumReach), written out",
                at: start)
        }
        let height = (arguments.map(\.height).max() ?? 0) + 1
        try checkDepth(height)
        return Tree(node: node, height: height)
    }

    private func join(_ operation: BinaryOperation, _ left: Tree, _ right: Tree) throws(FormulaError) -> Tree {
        let height = max(left.height, right.height) + 1
        try checkDepth(height)
        return Tree(node: .binary(operation, left.node, right.node), height: height)
    }

    private func checkDepth(_ depth: Int) throws(FormulaError) {
        guard depth <= Formula.maximumDepth else {
            throw failure("the formula is nested deeper than \(Formula.maximumDepth) levels; split it")
        }
    }

    private mutating func advance() throws(FormulaError) { token = try scanner.next() }

    private mutating func take(_ symbol: String) throws(FormulaError) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        try advance()
        return true
    }

    private mutating func takeOperator(_ symbols: [String]) throws(FormulaError) -> BinaryOperation? {
        guard case .symbol(let symbol) = token.kind, symbols.contains(symbol) else { return nil }
        try advance()
        return BinaryOperation(rawValue: symbol)
    }

    private mutating func expect(_ symbol: String) throws(FormulaError) {
        guard try take(symbol) else { throw failure("found \(token.shown) where “\(symbol)” was expected") }
    }

    private func failure(_ problem: String, at place: Token? = nil) -> FormulaError {
        FormulaError(problem, in: source, atByte: (place ?? token).offset)
    }
}
