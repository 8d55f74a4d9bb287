import Testing
import TestSupport

@testable import TensorCore

/// Products of bfloat16 numbers: the plain loops against closed forms, the processor's instructions against the plain loops,
/// bit by bit. Where the processor lacks them, only the plain loops are tested.
@Suite struct PairKernelTests {
    /// Those that add in one order: the plain loops, and the instruction if the processor has it.
    private static let twins: [[PairKernels]] = [[.plainAVX512BF16, .avx512BF16], [.plainAMX, .amx]].map { sets in
        sets.compactMap { PairKernels($0) }
    }
    private static let all = Array(twins.joined())

    /// The upper half of the float, rounded to nearest even, as a float.
    private static func rounded(_ x: Float) -> Float {
        let bits = x.bitPattern
        return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
    }

    private static func halves(_ pair: Float) -> [Float] {
        [Float(bitPattern: pair.bitPattern << 16), Float(bitPattern: pair.bitPattern & 0xFFFF_0000)]
    }

    @Test("numbers are rounded to the nearest of 8 significant bits, ties to even, and those below the normal range to zero")
    func rounding() {
        let cases: [(Float, Float)] = [
            (1, 1), (-2.5, -2.5), (1 + 0x1p-8, 1), (1 + 0x1.8p-7, 1 + 0x1p-6), (1 + 0x1.001p-8, 1 + 0x1p-7),
            (-(1 + 0x1.8p-7), -(1 + 0x1p-6)), (0x1p-126, 0x1p-126), (0x1p-130, 0), (0, 0), (.infinity, .infinity),
            (.greatestFiniteMagnitude, .infinity),
        ]
        for kernels in Self.all {
            let pairs = Self.pairColumns(cases.map(\.0), columns: cases.count, kernels)
            #expect(Array(pairs.flatMap(Self.halves).prefix(cases.count)) == cases.map(\.1))
            #expect(Self.halves(Self.pairColumns([.nan], columns: 1, kernels)[0])[0].isNaN)
        }
    }

    @Test(
        "pairs hold neighbours in a row or in a column, the first one low, a missing one zero",
        arguments: [1, 2, 7, 16, 33, 70])
    func pairs(columns: Int) {
        for rows in [1, 2, 5] {
            let numbers = KernelTests.numbers(rows * columns, seed: 5)
            func number(_ row: Int, _ column: Int) -> Float {
                row < rows && column < columns ? Self.rounded(numbers[row * columns + column]) : 0
            }
            for kernels in Self.all {
                let across = Self.pairColumns(numbers, columns: columns, kernels)
                let expectedAcross = (0 ..< rows).flatMap { row in
                    stride(from: 0, to: columns, by: 2).map { [number(row, $0), number(row, $0 + 1)] }
                }
                #expect(across.map(Self.halves) == expectedAcross)
                let down = Self.pairRows(numbers, columns: columns, kernels)
                let expectedDown = stride(from: 0, to: rows, by: 2).flatMap { row in
                    (0 ..< columns).map { [number(row, $0), number(row + 1, $0)] }
                }
                #expect(down.map(Self.halves) == expectedDown)
            }
        }
    }

    /// A sum of `rows` numbers below 1, added to 1: each addition is off by 2⁻²⁴ of a sum below rows + 1 at most.
    @Test(
        "both kinds of pairs in one pass are those made apart, pairs of rows in the last rows' place too, beside columns' sums",
        arguments: [1, 2, 3, 8, 9], [1, 16, 17, 31, 32, 37, 64])
    func both(rows: Int, columns: Int) {
        let numbers = KernelTests.numbers(rows * columns, seed: 6), pairs = (rows + 1) / 2, width = (columns + 1) / 2
        let sums = (0 ..< columns).map { column in
            Float((0 ..< rows).reduce(1.0) { $0 + Double(numbers[$1 * columns + column]) })
        }
        let found = Self.all.map { kernels in
            let memory = FloatBlock(numbers), across = FloatBlock(count: rows * width), total = FloatBlock(
                [Float](repeating: 1, count: columns))
            let all = MutableMatrixView(memory.base, rows: rows, columns: columns)
            kernels.pairBoth(
                MatrixView(all), columnPairs: MutableMatrixView(across.base, rows: rows, columns: width),
                rowPairs: all.rows(rows - pairs ..< rows), addingSumsTo: total.base)
            let down = memory.values.suffix(pairs * columns)
            #expect(across.values.map(\.bitPattern) == Self.pairColumns(numbers, columns: columns, kernels).map(\.bitPattern))
            #expect(down.map(\.bitPattern) == Self.pairRows(numbers, columns: columns, kernels).map(\.bitPattern))
            #expect(mismatch(total.values, sums, absolute: Double(rows + 1) * 0x1p-24 * Double(rows + 1)) == nil)
            return total.values
        }
        for other in found { #expect(other.map(\.bitPattern) == found[0].map(\.bitPattern)) }
    }

    @Test(
        "both kinds of pairs write nowhere else, whatever the strides, and need no sums", arguments: [1, 4, 5], [5, 16, 33, 64])
    func bothApart(rows: Int, columns: Int) {
        let pairs = (rows + 1) / 2, width = (columns + 1) / 2, untouched: Float = 9
        let numbers = KernelTests.block(rows * (columns + 1), seed: 7)
        let source = MatrixView(numbers.base, rows: rows, columns: columns, stride: columns + 1)
        let apart: [Float] = (0 ..< rows).flatMap { row in
            let first = row * (columns + 1)
            return Array(numbers.values[first ..< first + columns])
        }
        for kernels in Self.all {
            let across = FloatBlock([Float](repeating: untouched, count: rows * (width + 3)))
            let down = FloatBlock([Float](repeating: untouched, count: pairs * (columns + 2)))
            kernels.pairBoth(
                source, columnPairs: MutableMatrixView(across.base, rows: rows, columns: width, stride: width + 3),
                rowPairs: MutableMatrixView(down.base, rows: pairs, columns: columns, stride: columns + 2), addingSumsTo: nil)
            let expectedAcross = Self.pairColumns(apart, columns: columns, kernels)
            for (index, value) in across.values.enumerated() {
                let (row, column) = index.quotientAndRemainder(dividingBy: width + 3)
                let expected = column < width ? expectedAcross[row * width + column] : untouched
                #expect(value.bitPattern == expected.bitPattern)
            }
            let expectedDown = Self.pairRows(apart, columns: columns, kernels)
            for (index, value) in down.values.enumerated() {
                let (row, column) = index.quotientAndRemainder(dividingBy: columns + 2)
                let expected = column < columns ? expectedDown[row * columns + column] : untouched
                #expect(value.bitPattern == expected.bitPattern)
            }
        }
    }

    /// A sum of 2k products in float32 is within (2k + 1) · 2⁻²⁴ of the sum of their magnitudes, which are below 1 each.
    @Test("products of every shape are those of the rounded factors, with the same bits from instruction and plain loop")
    func products() {
        // The last one is deeper than what is summed at once.
        let shapes = KernelTests.shapes + [KernelTests.Shape(50, 150, 33), KernelTests.Shape(18, 35, 1101)]
        for (seed, shape) in shapes.enumerated() {
            for transposed in [false, true] {
                let (m, n, k) = (shape.m, shape.n, shape.k)
                let a = KernelTests.numbers(m * k, seed: 3 * UInt64(seed))
                let b = KernelTests.numbers(k * n, seed: 3 * UInt64(seed) + 1)
                let start = KernelTests.numbers(m * n, seed: 3 * UInt64(seed) + 2)
                var expected = start
                for i in 0 ..< m {
                    for j in 0 ..< n {
                        expected[i * n + j] = Float((0 ..< k).reduce(Double(start[i * n + j])) { sum, p in
                            let left = Self.rounded(transposed ? a[p * m + i] : a[i * k + p])
                            return sum + Double(left) * Double(Self.rounded(b[p * n + j]))
                        })
                    }
                }
                for twins in Self.twins {
                    let found = twins.map { Self.product(a, b, start, shape, transposed: transposed, $0) }
                    for result in found {
                        #expect(
                            mismatch(result, expected, absolute: Double(k + 2) * 0x1p-24 * Double(k + 1)) == nil, "\(shape)")
                        #expect(result.map(\.bitPattern) == found[0].map(\.bitPattern), "\(shape), transposed \(transposed)")
                    }
                }
            }
        }
    }

    @Test("a product starts from zero, from the biases or from what is there, whether anything is added or not")
    func starts() {
        let (m, n) = (19, 37), there = KernelTests.numbers(m * n, seed: 1), bias = KernelTests.block(n, seed: 2)
        for kernels in Self.all {
            for pairs in [0, 1] {
                let factor = FloatBlock(count: max(m, n))
                func product(_ start: Kernels.ProductStart) -> [Float] {
                    let result = FloatBlock(there)
                    kernels.multiply(
                        MatrixView(factor.base, rows: m, columns: pairs), MatrixView(factor.base, rows: pairs, columns: n),
                        into: MutableMatrixView(result.base, rows: m, columns: n), startingFrom: start)
                    return result.values
                }
                #expect(product(.zero) == [Float](repeating: 0, count: m * n))
                #expect(product(.current) == there)
                #expect(product(.bias(bias.base)) == (0 ..< m).flatMap { _ in bias.values })
            }
        }
    }

    /// The smallest normal number is 2⁻¹²⁶.
    @Test("products and sums below the normal range are zero")
    func belowNormal() {
        let cases: [(left: Float, right: Float, start: Float)] = [
            (0x1p-70, 0x1p-70, 0), (0x1p-65, 0x1p-65, 0), (0, 1, 0x1p-130),
        ]
        for kernels in Self.all {
            for (left, right, start) in cases {
                let found = Self.product(
                    [left, left], [right, right], [start], KernelTests.Shape(1, 1, 2), transposed: false, kernels)
                #expect(found == [0])
            }
        }
    }

    @Test("training has them beside AVX-512, where they are faster than float32, and beside the plain loops in the same order")
    func availability() {
        for set in [Kernels.InstructionSet.baseline, .avx2] {
            #expect(Kernels(set).flatMap(PairKernels.init(beside:)) == nil)
        }
        let own = Kernels(.avx512).flatMap(PairKernels.init(beside:))?.name
        let order = PairKernels(.amx) != nil ? "amx" : "avx512bf16"
        #expect(own == order || (own == nil && order != "amx"))
        #expect(PairKernels(beside: KernelTests.plain)?.name == "plain \(order)")
    }

    private static func pairColumns(_ numbers: [Float], columns: Int, _ kernels: PairKernels) -> [Float] {
        let rows = numbers.count / columns, source = FloatBlock(numbers)
        return filled(rows: rows, columns: (columns + 1) / 2) {
            kernels.pairColumns(of: MatrixView(source.base, rows: rows, columns: columns), into: $0)
        }
    }

    private static func pairRows(_ numbers: [Float], columns: Int, _ kernels: PairKernels) -> [Float] {
        let rows = numbers.count / columns, source = FloatBlock(numbers)
        return filled(rows: (rows + 1) / 2, columns: columns) {
            kernels.pairRows(of: MatrixView(source.base, rows: rows, columns: columns), into: $0)
        }
    }

    private static func filled(rows: Int, columns: Int, by fill: (MutableMatrixView) -> Void) -> [Float] {
        var result = [Float](repeating: 0, count: rows * columns)
        result.withUnsafeMutableBufferPointer { fill(MutableMatrixView($0.baseAddress!, rows: rows, columns: columns)) }
        return result
    }

    /// start + op(a) · b, with `a: [m, k]` or, transposed, `[k, m]`.
    private static func product(
        _ a: [Float], _ b: [Float], _ start: [Float], _ shape: KernelTests.Shape, transposed: Bool, _ kernels: PairKernels
    ) -> [Float] {
        let (m, n, k) = (shape.m, shape.n, shape.k)
        guard k > 0 else { return start }
        let pairs = (k + 1) / 2
        let left = FloatBlock(transposed ? pairRows(a, columns: m, kernels) : pairColumns(a, columns: k, kernels))
        let right = FloatBlock(pairRows(b, columns: n, kernels)), result = FloatBlock(start)
        kernels.multiply(
            MatrixView(left.base, rows: transposed ? pairs : m, columns: transposed ? m : pairs), transposed: transposed,
            MatrixView(right.base, rows: pairs, columns: n), into: MutableMatrixView(result.base, rows: m, columns: n),
            startingFrom: .current)
        return result.values
    }
}
