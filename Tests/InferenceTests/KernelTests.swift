import ModelGraph
import Randomness
import Testing

import func Foundation.exp
import func Foundation.tanh

@testable import Inference

@Suite struct KernelTests {
    @Test("the matrix product adds ascending products to what is there, for every width and remainder")
    func matrixProduct() {
        var random = RandomStream(seed: 1).child("product")
        for (rows, inner, columns) in [(1, 1, 1), (3, 4, 64), (2, 7, 65), (5, 9, 130), (2, 3, 16), (4, 5, 47), (1, 6, 33), (1, 0, 3)] {
            let stride = inner + 2
            let left = (0 ..< rows * stride).map { _ in Float(random.uniform(-1, 1)) }
            let right = (0 ..< inner * columns).map { _ in Float(random.uniform(-1, 1)) }
            let initial = (0 ..< rows * columns).map { _ in Float(random.uniform(-1, 1)) }
            var result = initial
            PackedMatrix(right, inner: inner, columns: columns)
                .accumulate(left, leftStride: stride, into: &result, rows: rows)
            for row in 0 ..< rows {
                for column in 0 ..< columns {
                    var expected = initial[row * columns + column]
                    for k in 0 ..< inner { expected += left[row * stride + k] * right[k * columns + column] }
                    #expect(result[row * columns + column] == expected)
                }
            }
        }
    }

    @Test("sigmoid and tanh stay within 3e-7 of the exact values, relatively, over the whole range")
    func recurrentFunctions() {
        for step in -4_000 ... 4_000 {
            let x = Float(step) / 100
            let sigmoid = 1 / (1 + exp(-Double(x)))
            #expect(abs(Double(Activation.sigmoid(x)) / sigmoid - 1) <= 3e-7, "sigmoid(\(x))")
            guard x != 0 else { continue }
            #expect(abs(Double(Activation.hyperbolicTangent(x)) / tanh(Double(x)) - 1) <= 3e-7, "tanh(\(x))")
        }
        #expect(Activation.hyperbolicTangent(1e-20) == 1e-20)
        #expect(Activation.hyperbolicTangent(0) == 0)
    }

    @Test("the functions keep infinities and NaN")
    func specialValues() {
        #expect(Activation.sigmoid(.infinity) == 1)
        #expect(Activation.sigmoid(-.infinity) < 1e-37)
        #expect(Activation.hyperbolicTangent(.infinity) == 1)
        #expect(Activation.hyperbolicTangent(-.infinity) == -1)
        for function in Activation.allCases {
            var values: [Float] = [.nan, 1]
            function.apply(&values, rows: 2, columns: 1)
            #expect(values[0].isNaN, "\(function)")
            #expect(!values[1].isNaN, "\(function)")
        }
    }

    @Test("softmax of huge values does not overflow and each row adds up to 1")
    func softmax() {
        var values: [Float] = [1e30, 1e30, -1e30, 0, 1, 2]
        Activation.softmax.apply(&values, rows: 2, columns: 3)
        #expect(values[0 ..< 3] == [0.5, 0.5, 0])
        #expect(abs(values[3 ..< 6].reduce(0, +) - 1) <= 1e-7)
    }
}
