/// The reference of whichever model.
public enum ModelReference: Sendable, Codable, Equatable {
    case bandwidth(BandwidthReference)
    case compression(CompressionReference)
    case reliability(ReliabilityReference)
    case latency(LatencyReference)
}
