import Foundation
import Randomness

/// The share of a link's capacity that other tenants take: a daily wave, a swing of several minutes and a slow wander.
///
/// The swing is the first coordinate of a randomly driven rotation (a stochastic oscillator) with damping ρ and angle ω per step:
/// z ← ρ R(ω) z + √(1−ρ²) ε, so z stays standard normal per coordinate. Batch jobs saturate, hence tanh.
struct CrossTraffic {
    private let mean: Double
    private let swing: Double
    private let angle: Double
    private var phase: SIMD2<Double>
    private var wander: Double
    private var random: RandomStream

    private static let damping = 0.997
    private static let wanderMemory = 0.985
    private static let wanderDeviation = 0.06
    private static let flutterDeviation = 0.004
    private static let dailyAmplitude = 0.06
    /// Hour of the day with the most traffic.
    private static let busiestHour = 15.0

    init(parameters: ScenarioParameters, random: RandomStream) {
        self.random = random
        mean = parameters.crossMean + self.random.uniform(-0.04, 0.04)
        swing = parameters.crossSwing
        angle = 2 * .pi / self.random.uniform(16, 28)
        phase = SIMD2(self.random.normal(), self.random.normal())
        wander = Self.wanderDeviation * self.random.normal()
    }

    /// What is known of the next step's share: its distribution is that of `share(deviation:)` for a standard normal deviation.
    struct Forecast {
        let level: Double
        let swing: Double
        let swingDeviation: Double
        let phase: Double
        let otherDeviation: Double

        /// The share of capacity when the sum of all innovations is `deviation` standard deviations.
        func share(deviation: Double) -> Double {
            let slope = swing * (1 - tanh(phase) * tanh(phase)) / CrossTraffic.tanhDeviation
            let total = hypot(slope * swingDeviation, otherDeviation)
            return CrossTraffic.bounded(level + swing * tanh(phase) / CrossTraffic.tanhDeviation + total * deviation)
        }
    }

    func forecast(step: Int) -> Forecast {
        let rotated = rotatedPhase()
        return Forecast(
            level: mean + Self.daily(step) + Self.wanderMemory * wander, swing: swing,
            swingDeviation: (1 - Self.damping * Self.damping).squareRoot(), phase: rotated.x,
            otherDeviation: hypot(Self.wanderDeviation * (1 - Self.wanderMemory * Self.wanderMemory).squareRoot(), Self.flutterDeviation))
    }

    /// Advances one step; returns the share of capacity in it, in 0.03 … 0.9.
    mutating func next(step: Int) -> Double {
        let innovation = (1 - Self.damping * Self.damping).squareRoot()
        phase = rotatedPhase() + innovation * SIMD2(random.normal(), random.normal())
        let wanderInnovation = Self.wanderDeviation * (1 - Self.wanderMemory * Self.wanderMemory).squareRoot()
        wander = Self.wanderMemory * wander + wanderInnovation * random.normal()
        let flutter = Self.flutterDeviation * random.normal()
        return Self.bounded(mean + Self.daily(step) + swing * tanh(phase.x) / Self.tanhDeviation + wander + flutter)
    }

    private func rotatedPhase() -> SIMD2<Double> {
        let (c, s) = (cos(angle), sin(angle))
        return Self.damping * SIMD2(c * phase.x - s * phase.y, s * phase.x + c * phase.y)
    }

    static func daily(_ step: Int) -> Double {
        let hour = Double(step * Simulation.stepSeconds) / 3600
        return dailyAmplitude * cos(2 * .pi * (hour - busiestHour) / 24)
    }

    private static func bounded(_ share: Double) -> Double { min(max(share, 0.03), 0.9) }

    /// Deviation of tanh of a standard normal number.
    private static let tanhDeviation = 0.63
}
