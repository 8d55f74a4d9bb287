private import Foundation

extension RandomStream {
    /// Standard normal (Box–Muller; one of the pair is discarded so that every draw costs the same counters).
    public mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    /// Normal with the given mean and standard deviation.
    public mutating func normal(_ mean: Double, _ deviation: Double) -> Double { mean + deviation * normal() }

    /// Exponential with the given mean.
    public mutating func exponential(mean: Double) -> Double { -mean * log(1 - uniform()) }

    /// `true` with probability `probability`.
    public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }
}
