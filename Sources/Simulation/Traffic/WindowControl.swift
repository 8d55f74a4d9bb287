/// AMST's window control: the window of each parallel stream, as a share of the link's bandwidth-delay product.
///
/// Queues mark packets (ECN) as they fill; each control interval the window grows by a tenth without marks and falls by
/// up to 45 % in proportion to the marked share, as DCTCP does (Alizadeh et al., SIGCOMM 2010). The application limits it
/// from above.
struct WindowControl {
    private(set) var window: Double
    /// Share of packets marked in the last step.
    private(set) var marked = 0.0

    static let growth = 0.10
    static let decrease = 0.45
    static let largest = 0.12
    static let smallest = 0.03
    static let markingStart = 0.08
    static let markingFull = 0.25

    init(window: Double = largest) { self.window = window }

    /// The window that the marks of the last step lead to.
    var nextWindow: Double {
        let factor = 1 + Self.growth * (1 - marked) - Self.decrease * marked
        return min(max(window * factor, Self.smallest), Self.largest)
    }

    /// Adopts `nextWindow` for a step in which the buffer was filled to `occupancy`.
    mutating func advance(occupancy: Double) {
        window = nextWindow
        marked = min(max((occupancy - Self.markingStart) / (Self.markingFull - Self.markingStart), 0), 1)
    }
}
