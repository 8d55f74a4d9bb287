import Foundation
import Randomness

extension RandomStream {
    /// Poisson-distributed count: by multiplication of uniforms for small means (Knuth), by a rounded normal above 40.
    mutating func poisson(mean: Double) -> Int {
        guard mean > 0 else { return 0 }
        if mean > 40 { return max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
        let limit = exp(-mean)
        var (count, product) = (0, uniform())
        while product > limit {
            count += 1
            product *= uniform()
        }
        return count
    }

    /// `value` times a log-normal factor whose logarithm deviates by `deviation`.
    mutating func scattered(_ value: Double, _ deviation: Double) -> Double { value * exp(deviation * normal()) }
}
