import Foundation
import Randomness

/// The share of a link's capacity that other tenants take: a daily wave, a swing of several minutes and a slow wander.
///
/// The swing is the first coordinate of a randomly driven rotation (a stochastic oscillator) with damping ρ and angle ω
/// per step: z ← ρ R(ω) z + √(1−ρ²) ε, so z stays standard normal per coordinate. Batch jobs saturate, hence tanh.
struct CrossTraffic {
    private let mean: Double
    private let swing: Double
    private let angle: Double
    private var phase: SIMD2<Double>
    private var wander: Double
    private var random: RandomStream

    private static let damping = 0.997
    private static let phaseInnovation = (1 - damping * damping).squareRoot()
    private static let wanderMemory = 0.985
    private static let wanderDeviation = 0.06
    private static let wanderInnovation = wanderDeviation * (1 - wanderMemory * wanderMemory).squareRoot()
    /// Deviation of what no step remembers.
    private static let flutterDeviation = 0.004
    private static let dailyAmplitude = 0.06
    /// Hour of the day with the most traffic.
    private static let busiestHour = 15.0
    /// Deviation of tanh of a standard normal number.
    private static let saturatedDeviation = 0.63

    init(parameters: ScenarioParameters, random: RandomStream) {
        self.random = random
        mean = parameters.crossMean + self.random.uniform(-0.04, 0.04)
        swing = parameters.crossSwing / Self.saturatedDeviation
        angle = 2 * .pi / self.random.uniform(16, 28)
        phase = SIMD2(self.random.normal(), self.random.normal())
        wander = Self.wanderDeviation * self.random.normal()
    }

    /// Advances one step; returns the share of capacity in it, in 0.03 … 0.9.
    mutating func next(step: Int) -> Double {
        phase = rotatedPhase() + Self.phaseInnovation * SIMD2(random.normal(), random.normal())
        wander = Self.wanderMemory * wander + Self.wanderInnovation * random.normal()
        let flutter = Self.flutterDeviation * random.normal()
        return Self.bounded(mean + Self.daily(step) + swing * tanh(phase.x) + wander + flutter)
    }

    /// What is known of the next step's share: to first order normal, with this mean and deviation.
    func forecast(step: Int) -> Forecast {
        let saturated = tanh(rotatedPhase().x)
        let slope = swing * (1 - saturated * saturated)
        let steady = hypot(Self.wanderInnovation, Self.flutterDeviation)
        return Forecast(
            mean: mean + Self.daily(step) + swing * saturated + Self.wanderMemory * wander,
            deviation: hypot(slope * Self.phaseInnovation, steady))
    }

    struct Forecast {
        let mean: Double
        let deviation: Double

        /// The share of capacity `z` standard deviations above the mean.
        func share(z: Double) -> Double { CrossTraffic.bounded(mean + z * deviation) }
    }

    /// The daily wave around zero.
    static func daily(_ step: Int) -> Double {
        let hour = Double(step * Simulation.stepSeconds) / 3600
        return dailyAmplitude * cos(2 * .pi * (hour - busiestHour) / 24)
    }

    private func rotatedPhase() -> SIMD2<Double> {
        let (c, s) = (cos(angle), sin(angle))
        return Self.damping * SIMD2(c * phase.x - s * phase.y, s * phase.x + c * phase.y)
    }

    private static func bounded(_ share: Double) -> Double { min(max(share, 0.03), 0.9) }
}
