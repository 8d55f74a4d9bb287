/// The fixed simulated network: eight nodes on two continents, sixteen directed links, no two of them between the same pair.
///
/// Replication flows one way on each pair, so "this link" means the same to a reader who looks at the pair and to one who
/// looks at the direction. Every node has four links.
enum Topology {
    static let nodes: [Node] = [
        Node(id: 1, region: "us-east", zone: "us-east-1a", site: "iad1", role: "coordinator"),
        Node(id: 2, region: "us-east", zone: "us-east-1b", site: "iad2", role: "worker"),
        Node(id: 3, region: "us-east-metro", zone: "us-east-2a", site: "phl1", role: "worker"),
        Node(id: 4, region: "eu-west", zone: "eu-west-1a", site: "dub1", role: "coordinator"),
        Node(id: 5, region: "eu-west", zone: "eu-west-1b", site: "dub2", role: "worker"),
        Node(id: 6, region: "eu-west-metro", zone: "eu-west-2a", site: "lon1", role: "worker"),
        Node(id: 7, region: "us-west-edge", zone: "us-west-e1", site: "edge-sfo1", role: "edge"),
        Node(id: 8, region: "eu-central-edge", zone: "eu-central-e1", site: "edge-muc1", role: "edge"),
    ]

    static let links: [Link] = [
        Link(1, 2, .dc, capacity: 1000, rtt: 2.0),
        Link(5, 4, .dc, capacity: 1100, rtt: 2.2),
        Link(1, 3, .metro, capacity: 500, rtt: 8),
        Link(3, 2, .metro, capacity: 520, rtt: 9),
        Link(4, 6, .metro, capacity: 480, rtt: 11),
        Link(6, 5, .metro, capacity: 540, rtt: 10),
        Link(1, 4, .wan, capacity: 240, rtt: 80),
        Link(5, 2, .wan, capacity: 260, rtt: 86),
        Link(3, 6, .wan, capacity: 230, rtt: 92, transport: "quic"),
        Link(8, 7, .wan, capacity: 220, rtt: 150, transport: "quic"),
        Link(7, 1, .edge, capacity: 80, rtt: 46),
        Link(2, 7, .edge, capacity: 84, rtt: 48),
        Link(7, 3, .edge, capacity: 76, rtt: 52, transport: "udp"),
        Link(4, 8, .edge, capacity: 82, rtt: 38),
        Link(8, 5, .edge, capacity: 78, rtt: 40),
        Link(8, 6, .edge, capacity: 86, rtt: 36, transport: "udp"),
    ]

    static func node(_ id: Int) -> Node { nodes[id - 1] }

    /// Indices into `links` of the links that `node` sends or receives on.
    static func links(of node: Int) -> [Int] { links.indices.filter { links[$0].node == node || links[$0].peer == node } }

    struct Node {
        let id: Int
        let region: String
        let zone: String
        let site: String
        let role: String
    }

    struct Link {
        let node: Int
        let peer: Int
        let type: LinkType
        /// Mbit/s, in the direction of the link.
        let capacity: Double
        /// Round-trip time with empty queues, ms.
        let rtt: Double
        let transport: String

        init(_ node: Int, _ peer: Int, _ type: LinkType, capacity: Double, rtt: Double, transport: String = "tcp") {
            self.node = node
            self.peer = peer
            self.type = type
            self.capacity = capacity
            self.rtt = rtt
            self.transport = transport
        }

        /// Segments in flight that fill the empty link: the bandwidth-delay product.
        var bandwidthDelaySegments: Double { capacity * 1e6 * rtt / 1e3 / 8 / Topology.segmentBytes }
    }

    /// Payload bytes of a full segment.
    static let segmentBytes = 1448.0
}

enum LinkType: String {
    case dc, metro, wan, edge

    var tier: String {
        switch self {
        case .dc: "tier1"
        case .metro: "tier2"
        case .wan, .edge: "tier3"
        }
    }

    /// Share of segments lost to noise on the line, without congestion.
    var lineLoss: Double {
        switch self {
        case .dc: 0.00002
        case .metro: 0.00005
        case .wan: 0.0002
        case .edge: 0.0004
        }
    }

    /// Mean delay variation, as a share of the base RTT.
    var jitterShare: Double {
        switch self {
        case .dc: 0.03
        case .metro: 0.02
        case .wan: 0.015
        case .edge: 0.05
        }
    }
}
