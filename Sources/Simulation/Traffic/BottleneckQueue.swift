import Foundation

/// The bottleneck of a link: a queue of `places` bursts with random arrivals (M/M/1/K), in closed form.
enum BottleneckQueue {
    /// K: bursts that fit.
    static let places = 100.0
    /// Delay of the full buffer, as a multiple of the base RTT: buffers hold one bandwidth-delay product.
    static let fullDelay = 1.0

    /// Mean share of the buffer in use at utilisation `load` (1 = the link is exactly full), 0 … 1.
    static func occupancy(load: Double) -> Double {
        let r = regular(load)
        let power = pow(r, places + 1)
        return (r / (1 - r) - (places + 1) * power / (1 - power)) / places
    }

    /// Share of arriving bursts that find the buffer full.
    static func overflow(load: Double) -> Double {
        let r = regular(load)
        return (1 - r) * pow(r, places) / (1 - pow(r, places + 1))
    }

    /// The closed forms divide by 1 − ρ and overflow far above 1, where the buffer is full anyway.
    private static func regular(_ load: Double) -> Double {
        let r = min(max(load, 0), 1.3)
        return abs(r - 1) < 1e-6 ? 1 + 1e-6 : r
    }

    /// The rate (share of capacity) of flows whose windows together are `window` (share of the bandwidth-delay product)
    /// beside other traffic that takes `cross`: a window-limited flow sends its window once per RTT and the queue it
    /// builds stretches the RTT, so rate · (1 + fullDelay · occupancy(cross + rate)) = window. The left side grows with
    /// the rate; bisection finds it. What other traffic leaves is the limit, a twentieth of the link at least.
    static func rate(window: Double, cross: Double) -> Double {
        let limit = min(window, max(1 - cross, 0.05))
        func excess(_ rate: Double) -> Double { rate * (1 + fullDelay * occupancy(load: cross + rate)) - window }
        guard excess(limit) > 0 else { return limit }
        var (low, high) = (0.0, limit)
        for _ in 0 ..< 30 {
            let middle = (low + high) / 2
            if excess(middle) > 0 { high = middle } else { low = middle }
        }
        return (low + high) / 2
    }
}
