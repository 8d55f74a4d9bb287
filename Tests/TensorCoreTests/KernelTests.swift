import Foundation
import Randomness
import TestSupport
import Testing

@testable import TensorCore

/// Every instruction set of this processor against the plain twins. Fused sets must give the twins' very bits wherever the
/// operations are those of IEEE 754; `baseline` rounds products and sums apart, and elementary functions are approximations.
@Suite struct KernelTests {
    static let sets = Kernels.InstructionSet.allCases.filter { $0 != .plain && Kernels($0) != nil }
    static let plain = Kernels(.plain)!

    static func numbers(_ count: Int, seed: UInt64, in range: ClosedRange<Double> = -1 ... 1) -> [Float] {
        var stream = RandomStream(seed: seed)
        return (0 ..< count).map { _ in Float(stream.uniform(range.lowerBound, range.upperBound)) }
    }

    /// The same in memory that stays where it is, for views.
    static func block(_ count: Int, seed: UInt64) -> FloatBlock { FloatBlock(numbers(count, seed: seed)) }

    /// Equal bits for fused sets, `absolute` for the others.
    static func disagreement(_ set: Kernels.InstructionSet, _ found: [Float], _ plain: [Float], absolute: Double) -> String?
    {
        set == .baseline ? mismatch(found, plain, absolute: absolute, relative: 1e-6) : mismatch(found, plain, absolute: 0)
    }

    struct Shape: Sendable {
        var m: Int, n: Int, k: Int
        init(_ m: Int, _ n: Int, _ k: Int) { (self.m, self.n, self.k) = (m, n, k) }
    }

    /// Whole tiles of every kind, each remainder of rows and columns, single columns, no depth, and more depth than one
    /// block.
    static let shapes = [
        Shape(16, 256, 84), Shape(8, 64, 16), Shape(7, 32, 5), Shape(13, 16, 9), Shape(1, 1, 1), Shape(3, 117, 20),
        Shape(5, 48, 3),
        Shape(9, 80, 1), Shape(4, 10, 16), Shape(2, 33, 0), Shape(6, 23, 600), Shape(31, 15, 513), Shape(12, 63, 7),
        Shape(81, 1, 14), Shape(5, 1, 40), Shape(32, 1, 16),
    ]

    @Test("products of every shape, transposed or not, from every start, are the plain loop's", arguments: sets)
    func products(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        for (seed, shape) in Self.shapes.enumerated() {
            for transposed in [false, true] {
                // A single column without room between its rows is computed another way.
                for (start, room) in [(0, 0), (1, 0), (2, 0), (0, 5), (1, 5), (2, 5)] {
                    let case_ = Product(shape, transposed: transposed, start: start, room: room, seed: UInt64(seed))
                    let (found, expected) = (case_.run(kernels), case_.run(Self.plain))
                    let wrong = Self.disagreement(set, found, expected, absolute: 1e-5)
                    #expect(wrong == nil, "\(shape), transposed \(transposed), start \(start), room \(room)")
                }
            }
        }
    }

    /// A product between matrices that may have room between their rows; the room must stay as it is.
    struct Product {
        var shape: Shape
        var transposed: Bool
        var start: Int
        /// Floats between the rows of the result.
        var room: Int
        var a: FloatBlock, b: FloatBlock, c: [Float], bias: FloatBlock

        init(_ shape: Shape, transposed: Bool, start: Int, room: Int, seed: UInt64) {
            self.shape = shape
            self.transposed = transposed
            self.start = start
            self.room = room
            a = block((shape.m + 3) * (shape.k + 3), seed: 4 * seed)
            b = block(max(shape.k, 1) * (shape.n + 2), seed: 4 * seed + 1)
            c = numbers(shape.m * (shape.n + room), seed: 4 * seed + 2)
            bias = block(shape.n, seed: 4 * seed + 3)
        }

        func run(_ kernels: Kernels, mayDivide: Bool = false) -> [Float] {
            let result = FloatBlock(c)
            let (rows, columns) = transposed ? (shape.k, shape.m) : (shape.m, shape.k)
            kernels.multiply(
                MatrixView(a.base, rows: rows, columns: columns, stride: columns + 3), transposed: transposed,
                MatrixView(b.base, rows: shape.k, columns: shape.n, stride: shape.n + 2),
                into: MutableMatrixView(result.base, rows: shape.m, columns: shape.n, stride: shape.n + room),
                startingFrom: start == 0 ? .zero : start == 1 ? .bias(bias.base) : .current, mayDivide: mayDivide)
            return result.values
        }
    }

    @Test("products by a transpose are those with the transpose in memory, of every shape, to the bit", arguments: sets)
    func productsByTranspose(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        let more = [Shape(16, 128, 64), Shape(40, 17, 3), Shape(70, 14, 1), Shape(17, 33, 530), Shape(15, 16, 1100)]
        for (seed, shape) in (Self.shapes + more).enumerated() {
            let (m, n, k) = (shape.m, shape.n, shape.k)
            // Rows with room between them, which must stay as it is.
            for room in [0, 3] {
                let a = Self.block(m * (k + room) + 1, seed: 3 * UInt64(seed))
                let b = Self.block(n * (k + room) + 1, seed: 3 * UInt64(seed) + 1)
                let left = MatrixView(a.base, rows: m, columns: k, stride: k + room)
                let right = MatrixView(b.base, rows: n, columns: k, stride: k + room)
                func results(_ kernels: Kernels) -> [[Float]] {
                    let transpose = FloatBlock(count: n * k + 1)
                    let whole = Self.block(m * (n + room), seed: 5), direct = Self.block(m * (n + room), seed: 5)
                    kernels.transpose(right, into: MutableMatrixView(transpose.base, rows: k, columns: n))
                    kernels.multiply(
                        left, MatrixView(transpose.base, rows: k, columns: n),
                        into: MutableMatrixView(whole.base, rows: m, columns: n, stride: n + room))
                    kernels.multiply(
                        left, byTransposeOf: right,
                        into: MutableMatrixView(direct.base, rows: m, columns: n, stride: n + room))
                    return [whole.values, direct.values]
                }
                let found = results(kernels), expected = results(Self.plain)
                #expect(found[1] == found[0], "\(shape), room \(room)")
                #expect(expected[1] == expected[0], "plain, \(shape), room \(room)")
            }
        }
    }

    @Test("transposes, column sums, sums of squares, additions and scalings are the plain loop's", arguments: sets)
    func simpleKernels(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        for (rows, columns) in [(1, 1), (16, 64), (37, 21), (5, 100), (5, 128), (3, 300), (20, 515)] {
            let source = Self.block(rows * (columns + 3), seed: 1)
            // Rows with room between them, on both sides.
            let matrix = MatrixView(source.base, rows: rows, columns: columns, stride: columns + 3)
            let a = Self.numbers(rows * columns, seed: 1), b = Self.numbers(rows * columns, seed: 2)
            func results(_ kernels: Kernels) -> [[Float]] {
                let transposed = Self.block(columns * (rows + 5), seed: 3)
                var sums = [Float](repeating: 9, count: columns), added = b, scaled = a
                kernels.transpose(
                    matrix, into: MutableMatrixView(transposed.base, rows: columns, columns: rows, stride: rows + 5))
                kernels.sumRows(of: matrix, into: &sums)
                kernels.add(a, count: a.count, to: &added)
                kernels.multiply(a, by: b, count: a.count, into: &scaled)
                return [transposed.values, sums, added, scaled]
            }
            #expect(results(kernels) == results(Self.plain))
            #expect(kernels.sumOfSquares(a, count: a.count) == Self.plain.sumOfSquares(a, count: a.count))
        }
    }

    @Test(
        "windows are gathered time-major, of every width, and nothing behind them is written",
        arguments: Kernels.InstructionSet.allCases)
    func windows(_ set: Kernels.InstructionSet) throws {
        guard let kernels = Kernels(set) else { return }
        let samples: [Int32] = [3, 0, 3, 2], ends: [Int32] = [2, 4, 5, 7]
        for width in [1, 3, 7, 8, 14, 15, 16, 22, 40] {
            for steps in [1, 3] {
                // Row r holds 1000 r, 1000 r + 1, …
                let rows = (0 ..< 12 * width).map { Float(1000 * ($0 / width) + $0 % width) }
                for endings in [ends, nil] {
                    var found = [Float](repeating: -1, count: samples.count * steps * width + 20)
                    samples.withUnsafeBufferPointer {
                        kernels.gather($0, steps: steps, width: width, of: rows, endingAt: endings, into: &found)
                    }
                    let expected = (0 ..< steps).flatMap { step in
                        samples.flatMap { sample in
                            let first = endings.map { Int($0[Int(sample)]) - steps + 1 } ?? Int(sample) * steps
                            return (0 ..< width).map { Float(1000 * (first + step) + $0) }
                        }
                    }
                    #expect(found == expected + [Float](repeating: -1, count: 20), "width \(width), \(steps) steps")
                }
            }
        }
    }

    @Test("exp, sigmoid and tanh stay within their stated errors over all arguments", arguments: sets)
    func elementaryFunctions(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        // Every 4,096th float from the smallest to the largest argument that does not saturate, both signs.
        let magnitudes = stride(from: Float(1e-12).bitPattern, through: Float(87).bitPattern, by: 4096).map(
            Float.init(bitPattern:))
        let points = magnitudes + magnitudes.map { -$0 } + [0]
        for (function, bound) in [(ElementwiseFunction.exponential, 2.0), (.sigmoid, 2.0), (.tanh, 5.0)] {
            var found = points, exact = points
            kernels.apply(function, count: points.count, to: points, into: &found)
            Self.plain.apply(function, count: points.count, to: points, into: &exact)
            var worst = 0.0
            for (a, b) in zip(found, exact) { worst = max(worst, Double(abs(a - b)) / Double(b.ulp)) }
            #expect(worst <= bound, "\(function)")
        }
    }

    @Test("functions saturate at the ends and keep NaN", arguments: sets)
    func extremes(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        func value(_ function: ElementwiseFunction, _ x: Float) -> Float {
            var y: Float = 0
            kernels.apply(function, count: 1, to: [x], into: &y)
            return y
        }
        #expect(value(.sigmoid, 200) == 1 && value(.tanh, 200) == 1 && value(.tanh, -.infinity) == -1)
        #expect(value(.sigmoid, -200) < 1e-37 && value(.exponential, -200) < 1e-37 && value(.exponential, 88) > 1.6e38)
        for function in ElementwiseFunction.allCases { #expect(value(function, .nan).isNaN, "\(function)") }
    }

    @Test("activations and their derivatives are the plain twins'", arguments: sets)
    func activations(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        let z = Self.numbers(203, seed: 6, in: -5 ... 5), dy = Self.numbers(203, seed: 7)
        for function in ElementwiseFunction.allCases {
            func results(_ kernels: Kernels) -> (y: [Float], dz: [Float]) {
                var y = z, dz = dy
                kernels.apply(function, count: z.count, to: z, into: &y)
                kernels.applyDerivative(of: function, count: z.count, argument: z, value: y, outputGradient: dy, into: &dz)
                return (y, dz)
            }
            let (found, expected) = (results(kernels), results(Self.plain))
            #expect(mismatch(found.y, expected.y, absolute: 2e-7, relative: 3e-7) == nil, "\(function)")
            #expect(mismatch(found.dz, expected.dz, absolute: 5e-7, relative: 5e-7) == nil, "slope of \(function)")
        }
    }

    @Test("softmax rows sum to one, survive large arguments and are the plain twin's", arguments: sets)
    func softmax(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        for columns in [1, 3, 10, 16, 37] {
            let z = Self.numbers(5 * columns, seed: 8, in: -300 ... 300)
            var found = z, expected = z
            kernels.softmax(rows: 5, columns: columns, of: z, into: &found)
            Self.plain.softmax(rows: 5, columns: columns, of: z, into: &expected)
            #expect(mismatch(found, expected, absolute: 2e-7) == nil)
            for row in 0 ..< 5 { #expect(abs(found[row * columns ..< (row + 1) * columns].reduce(0, +) - 1) < 1e-6) }
        }
    }

    @Test("the logistic loss and its gradient are the plain twin's, for large arguments too", arguments: sets)
    func logisticLoss(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        let cases: [(Int, ClosedRange<Double>)] = [(1, -3 ... 3), (16, -30 ... 30), (37, -100 ... 100), (1000, -8 ... 8)]
        for (count, range) in cases {
            let z = Self.numbers(count, seed: 21, in: range), truth = Self.numbers(count, seed: 22, in: 0 ... 1)
            var found = z, expected = z
            let loss = kernels.logisticLoss(z, target: truth, count: count, scale: 0.5, gradient: &found)
            let exact = Self.plain.logisticLoss(z, target: truth, count: count, scale: 0.5, gradient: &expected)
            #expect(abs(loss - exact) <= 4e-7 * exact, "\(count) elements")
            // Half a unit of a number below one, four times.
            #expect(mismatch(found, expected, absolute: 1.2e-7) == nil, "\(count) elements")
        }
    }

    @Test("an LSTM step and its gradient are the plain twins'", arguments: sets)
    func lstm(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        for units in [1, 16, 21, 64] {
            for isFirst in [true, false] {
                let found = Self.lstmResults(kernels, units: units, isFirst: isFirst)
                let expected = Self.lstmResults(Self.plain, units: units, isFirst: isFirst)
                for (a, b) in zip(found, expected) { #expect(mismatch(a, b, absolute: 6e-7) == nil, "\(units) units") }
            }
        }
    }

    @Test("the gradient of an LSTM step is the plain twin's", arguments: sets)
    func lstmGradient(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        for units in [1, 16, 21, 64] {
            for isFirst in [true, false] {
                let (found, expected) = (
                    Self.lstmGradients(kernels, units: units, isFirst: isFirst),
                    Self.lstmGradients(Self.plain, units: units, isFirst: isFirst)
                )
                #expect(Self.disagreement(set, found, expected, absolute: 6e-7) == nil, "\(units) units")
            }
        }
    }

    /// Gradients of sums and cell from given activations.
    private static func lstmGradients(_ kernels: Kernels, units: Int, isFirst: Bool) -> [Float] {
        let rows = 3, count = rows * units
        let gates = FloatBlock(numbers(4 * count, seed: 23, in: 0 ... 1)), tanhs = block(count, seed: 24)
        let previous = block(count, seed: 10), above = block(count, seed: 11), next = block(count, seed: 12)
        let cellGradient = block(count, seed: 13), cell = FloatBlock(count: count)
        kernels.lstmBackward(
            Kernels.LSTMStep(
                rows: rows, units: units, gates: gates.base, previousCell: isFirst ? nil : UnsafePointer(previous.base),
                cell: cell.base, cellTanh: tanhs.base),
            outputGradient: UnsafePointer(above.base), nextHiddenGradient: isFirst ? nil : UnsafePointer(next.base),
            cellGradient: cellGradient.base)
        return gates.values + cellGradient.values
    }

    /// Activations, cell, tanh and hidden state; then the gradients of sums and cell.
    private static func lstmResults(_ kernels: Kernels, units: Int, isFirst: Bool) -> [[Float]] {
        let rows = 3, count = rows * units
        var gates = numbers(4 * count, seed: 9, in: -3 ... 3), cell = numbers(count, seed: 0), tanhs = cell, hidden = cell
        let previous = FloatBlock(numbers(count, seed: 10)), above = FloatBlock(numbers(count, seed: 11))
        let next = FloatBlock(numbers(count, seed: 12))
        var cellGradient = numbers(count, seed: 13), activated: [Float] = []
        gates.withUnsafeMutableBufferPointer { gates in
            cell.withUnsafeMutableBufferPointer { cell in
                tanhs.withUnsafeMutableBufferPointer { tanhs in
                    let step = Kernels.LSTMStep(
                        rows: rows, units: units, gates: gates.baseAddress!,
                        previousCell: isFirst ? nil : UnsafePointer(previous.base), cell: cell.baseAddress!,
                        cellTanh: tanhs.baseAddress!)
                    kernels.lstmForward(step, hidden: &hidden)
                    activated = Array(gates)
                    kernels.lstmBackward(
                        step, outputGradient: UnsafePointer(above.base),
                        nextHiddenGradient: isFirst ? nil : UnsafePointer(next.base), cellGradient: &cellGradient)
                }
            }
        }
        return [activated, cell, tanhs, hidden, gates, cellGradient]
    }

    @Test("dropout decisions are Philox's words, in the documented order", arguments: sets)
    func dropout(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        let count = 150
        var scales = [Float](repeating: 9, count: count), plain = scales
        let stream = DropoutStream(key: 0x0123_4567_89AB_CDEF, part: 3, step: 77)
        kernels.dropoutScales(rate: 0.25, from: stream, count: count, into: &scales)
        Self.plain.dropoutScales(rate: 0.25, from: stream, count: count, into: &plain)
        #expect(scales == plain)
        #expect(Set(scales) == [0, 1 / 0.75])
    }

    @Test("AVX2 and AVX-512 give the same bits in everything")
    func sameBits() throws {
        guard let narrow = Kernels(.avx2), let wide = Kernels(.avx512) else { return }
        let z = Self.numbers(333, seed: 20, in: -20 ... 20)
        for function in ElementwiseFunction.allCases {
            var a = z, b = z
            narrow.apply(function, count: z.count, to: z, into: &a)
            wide.apply(function, count: z.count, to: z, into: &b)
            #expect(a == b, "\(function)")
            let activated = a
            let above = Self.numbers(z.count, seed: 25)
            narrow.applyDerivative(
                of: function, count: z.count, argument: z, value: activated, outputGradient: above, into: &a)
            wide.applyDerivative(
                of: function, count: z.count, argument: z, value: activated, outputGradient: above, into: &b)
            #expect(a == b, "derivative of \(function)")
        }
        let truth = Self.numbers(z.count, seed: 22, in: 0 ... 1)
        var (narrowGradient, wideGradient) = (z, z)
        #expect(
            narrow.logisticLoss(z, target: truth, count: z.count, scale: 0.5, gradient: &narrowGradient)
                == wide.logisticLoss(z, target: truth, count: z.count, scale: 0.5, gradient: &wideGradient))
        #expect(narrowGradient == wideGradient)
        for units in [5, 32, 64] {
            #expect(
                Self.lstmResults(narrow, units: units, isFirst: false)
                    == Self.lstmResults(wide, units: units, isFirst: false))
        }
        var a = z, b = z
        narrow.softmax(rows: 9, columns: 37, of: z, into: &a)
        wide.softmax(rows: 9, columns: 37, of: z, into: &b)
        #expect(a == b)
    }

    @Test("the dispatcher never chooses the plain twins by itself")
    func dispatch() {
        #expect(Kernels(.baseline) != nil)
        // What the variable forces is tested with whole runs.
        guard ProcessInfo.processInfo.environment["DWCP_INSTRUCTION_SET"] == nil else { return }
        let fastest: Kernels.InstructionSet = Kernels(.avx512) != nil ? .avx512 : Kernels(.avx2) != nil ? .avx2 : .baseline
        #expect(Kernels.best.name == fastest.rawValue)
    }
}
