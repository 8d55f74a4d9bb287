import Testing
import TestSupport

@testable import TensorCore

/// Steps of Adam and of gradient descent with momentum.
@Suite struct OptimiserKernelTests {
    @Test("optimiser steps are the plain twins'", arguments: KernelTests.sets)
    func optimisers(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        let count = 77, range = 3 ..< 75
        let parts = [14, 18, 19].map { FloatBlock(KernelTests.numbers(count, seed: $0)) }
        func results(_ kernels: Kernels) -> [Float] {
            var (m, v, w) = (
                KernelTests.numbers(count, seed: 15), KernelTests.numbers(count, seed: 16, in: 0 ... 1),
                KernelTests.numbers(count, seed: 17)
            )
            parts.map { UnsafePointer<Float>?($0.base) }.withUnsafeBufferPointer { parts in
                let gradient = Kernels.Gradient(parts: parts, scale: 0.5)
                kernels.adam(
                    beta1: 0.9, beta2: 0.999, epsilon: 1e-7, stepSize: 0.01, gradient: gradient, range: range, m: &m, v: &v,
                    weights: &w)
                kernels.momentumStep(
                    rate: 0.1, momentum: 0.9, gradient: gradient, range: range, velocity: &m, weights: &w)
            }
            return m + v + w
        }
        #expect(KernelTests.disagreement(set, results(kernels), results(KernelTests.plain), absolute: 1e-6) == nil)
    }

    /// The smallest normal number is 2⁻¹²⁶; a gradient of zero would leave 0.9 and 0.999 of it.
    @Test(
        "what optimisers remember never goes below the normal range, where arithmetic is slow, and weights stay",
        arguments: KernelTests.sets)
    func vanishing(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set)), smallest = Float.leastNormalMagnitude, count = 35
        let gradient = FloatBlock((0 ..< count).map { $0 % 2 == 0 ? 0 : 0x1p-130 })
        for kernels in [kernels, KernelTests.plain] {
            var m = [Float](repeating: smallest, count: count), w = [Float](repeating: 1, count: count)
            var (v, velocity) = (m, m)
            withUnsafePointer(to: UnsafePointer<Float>?(gradient.base)) { parts in
                let gradient = Kernels.Gradient(parts: UnsafeBufferPointer(start: parts, count: 1))
                kernels.adam(
                    beta1: 0.9, beta2: 0.999, epsilon: 1e-7, stepSize: 0.01, gradient: gradient, range: 0 ..< count, m: &m, v: &v,
                    weights: &w)
                kernels.momentumStep(
                    rate: 0.1, momentum: 0.9, gradient: gradient, range: 0 ..< count, velocity: &velocity, weights: &w)
            }
            #expect((m + v + velocity).allSatisfy { !$0.isSubnormal })
            #expect(w == [Float](repeating: 1, count: count))
            #expect(smallest / 2 > 0, "arithmetic outside of optimisers counts such numbers")
        }
    }

    @Test("the first Adam step moves every weight by the learning rate against its gradient's sign")
    func firstAdamStep() {
        let (rate, beta1, beta2) = (Float(0.01), 0.9, 0.999)
        var (m, v, w) = ([Float](repeating: 0, count: 3), [Float](repeating: 0, count: 3), [Float](repeating: 0, count: 3))
        let gradient = FloatBlock([2, -0.5, 1e-3])
        withUnsafePointer(to: UnsafePointer<Float>?(gradient.base)) { parts in
            Kernels.best.adam(
                beta1: beta1, beta2: beta2, epsilon: 1e-7, stepSize: rate * Float((1 - beta2).squareRoot() / (1 - beta1)),
                gradient: Kernels.Gradient(parts: UnsafeBufferPointer(start: parts, count: 1)), range: 0 ..< 3, m: &m, v: &v,
                weights: &w)
        }
        // ε is 1e-7 against √v ≥ 3e-5: at most 0.4 % less than the learning rate.
        #expect(mismatch(w, [-rate, rate, -rate], absolute: 0, relative: 4e-3) == nil)
    }
}
