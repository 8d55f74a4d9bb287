/// A labelled incident: something went wrong on a node, or on one of its links, for some time.
public struct Incident: Sendable, Codable, Hashable {
    public var node: String
    /// The other end, where only the link between the two was affected.
    public var peer: String?
    public var type: String
    public var severity: String?
    public var resolved: Bool?
    /// Microseconds since 1970-01-01T00:00:00Z; both ends belong to the incident.
    public var start: Int64
    public var end: Int64

    public init(
        node: String, peer: String? = nil, type: String, severity: String? = nil, resolved: Bool? = nil, start: Int64,
        end: Int64
    ) {
        self.node = node
        self.peer = peer
        self.type = type
        self.severity = severity
        self.resolved = resolved
        self.start = start
        self.end = end
    }

    /// Whether the incident touches a link: any link from or to its node or, where a peer is named, the two directions of
    /// the link between them.
    public func affects(_ link: LinkKey) -> Bool {
        guard let peer else { return link.node == node || link.peer == node }
        return (link.node == node && link.peer == peer) || (link.node == peer && link.peer == node)
    }
}
