/// What a formula reads, and how far back.
extension Formula {
    /// The columns it reads, each once, in order of first appearance.
    public var columns: [String] {
        var seen: Set<String> = []
        return Self.columns(of: root).filter { seen.insert($0).inserted }
    }

    /// How many rows before its own a result may depend on; 0 when it reads its own row only.
    public var lookback: Int { Self.lookback(of: root) }

    /// How many rows before its own the latest value lies that the formula reads from `column`: 0 when it reads the row
    /// itself, nil when it does not read the column at all. Of `lag(x, 2) + lag(x, 1)` it is 1.
    public func minimumLag(ofColumn column: String) -> Int? { Self.minimumLag(of: column, in: root) }

    private static func columns(of node: Node) -> [String] {
        if case .column(let name) = node { return [name] }
        return node.children.flatMap(columns)
    }

    private static func lookback(of node: Node) -> Int {
        let inner = node.children.map(lookback).max() ?? 0
        return switch node {
        case .lag(_, let rows), .difference(_, let rows): inner + rows
        case .rolling(_, _, let rows): inner + rows - 1
        default: inner
        }
    }

    private static func minimumLag(of column: String, in node: Node) -> Int? {
        switch node {
        case .column(let name): name == column ? 0 : nil
        case .lag(let inner, let rows): minimumLag(of: column, in: inner).map { $0 + rows }
        default: node.children.compactMap { minimumLag(of: column, in: $0) }.min()
        }
    }
}
