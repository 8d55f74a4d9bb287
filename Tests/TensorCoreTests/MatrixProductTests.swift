import Randomness
import TestSupport
import Testing

@testable import TensorCore

/// The choice between kernel, Strassen's division and BLAS.
@Suite struct MatrixProductTests {
    @Test("a large product through BLAS agrees with exact sums")
    func largeProduct() {
        let size = Kernels.largeProduct
        let a = KernelTests.block(size * size, seed: 1), b = KernelTests.block(size * size, seed: 2)
        for transposed in [false, true] {
            let c = FloatBlock(count: size * size)
            c.base.initialize(repeating: 1, count: c.count)
            Kernels.best.multiply(
                MatrixView(a.base, rows: size, columns: size), transposed: transposed,
                MatrixView(b.base, rows: size, columns: size),
                into: MutableMatrixView(c.base, rows: size, columns: size), startingFrom: .current)
            var stream = RandomStream(seed: 3)
            for _ in 0 ..< 50 {
                let (i, j) = (stream.below(size), stream.below(size))
                let exact = (0 ..< size).reduce(1.0) {
                    $0 + Double(a.base[transposed ? $1 * size + i : i * size + $1]) * Double(b.base[$1 * size + j])
                }
                // 1,024 terms below one: roundings of 6e-8 each on a sum of about 20, in any order.
                #expect(abs(Double(c.base[i * size + j]) - exact) < 1e-4)
            }
        }
    }

    @Test("a large product by a transpose through BLAS agrees with exact sums")
    func largeProductByTranspose() {
        let m = Kernels.largeProduct, n = m + 16, k = m + 32
        // No two numbers of rows, columns and floats between rows are equal.
        let (aStride, bStride, cStride) = (k + 3, k + 5, n + 7)
        let a = KernelTests.block(m * aStride, seed: 1), b = KernelTests.block(n * bStride, seed: 2)
        let before = KernelTests.numbers(m * cStride, seed: 3), c = FloatBlock(before)
        Kernels.best.multiply(
            MatrixView(a.base, rows: m, columns: k, stride: aStride),
            byTransposeOf: MatrixView(b.base, rows: n, columns: k, stride: bStride),
            into: MutableMatrixView(c.base, rows: m, columns: n, stride: cStride))
        var stream = RandomStream(seed: 3)
        for _ in 0 ..< 50 {
            let (i, j) = (stream.below(m), stream.below(n))
            let exact = (0 ..< k).reduce(0.0) { $0 + Double(a.base[i * aStride + $1]) * Double(b.base[j * bStride + $1]) }
            // As above.
            #expect(abs(Double(c.base[i * cStride + j]) - exact) < 1e-4)
        }
        for row in 0 ..< m {
            let room = row * cStride + n ..< (row + 1) * cStride
            #expect(Array(c.values[room]) == Array(before[room]))
        }
    }

    @Test("OpenBLAS is there, held to one thread, and says whose kernels it runs")
    func loading() throws {
        #expect(try !#require(BLAS.shared).core.isEmpty)
    }

    @Test("a row of a product depends on its row of the left matrix alone")
    func rowIndependence() {
        let (m, n, k) = (19, 70, 33)
        let a = KernelTests.block(m * k, seed: 4), b = KernelTests.block(k * n, seed: 5)
        let whole = FloatBlock(count: m * n), one = FloatBlock(count: n)
        Kernels.best.multiply(
            MatrixView(a.base, rows: m, columns: k), MatrixView(b.base, rows: k, columns: n),
            into: MutableMatrixView(whole.base, rows: m, columns: n))
        for row in 0 ..< m {
            Kernels.best.multiply(
                MatrixView(a.base + row * k, rows: 1, columns: k), MatrixView(b.base, rows: k, columns: n),
                into: MutableMatrixView(one.base, rows: 1, columns: n))
            #expect(one.values == Array(whole.values[row * n ..< (row + 1) * n]))
        }
    }

    typealias Shape = KernelTests.Shape

    /// The smallest that is divided; one that needs several stretches of rows, columns and depth; one stretch of each.
    static let divided = [Shape(128, 128, 128), Shape(168, 256, 322), Shape(136, 128, 160)]
    /// Each misses one condition.
    static let whole = [Shape(120, 128, 128), Shape(132, 128, 128), Shape(128, 192, 128), Shape(128, 128, 129)]

    @Test("divided products, transposed or not, from every start, are the plain loop's", arguments: KernelTests.sets)
    func dividedProducts(_ set: Kernels.InstructionSet) throws {
        let kernels = try #require(Kernels(set))
        for (seed, shape) in (Self.divided + Self.whole).enumerated() {
            for (transposed, start, room) in [(false, 0, 0), (false, 1, 3), (true, 2, 0), (true, 0, 3)] {
                let product = KernelTests.Product(
                    shape, transposed: transposed, start: start, room: room, seed: UInt64(seed))
                let found = product.run(kernels, mayDivide: true), expected = product.run(KernelTests.plain, mayDivide: true)
                // Some 330 terms below 16, since quarters are added first, rounded at other places.
                let wrong = KernelTests.disagreement(set, found, expected, absolute: 1e-4)
                #expect(wrong == nil, "\(shape), transposed \(transposed), start \(start), room \(room)")
            }
        }
    }

    @Test("only products that are large in every direction and even are divided")
    func whatIsDivided() {
        for (shapes, isDivided) in [(Self.divided, true), (Self.whole, false)] {
            for shape in shapes {
                let product = KernelTests.Product(shape, transposed: true, start: 0, room: 0, seed: 7)
                #expect((product.run(.best, mayDivide: true) != product.run(.best)) == isDivided, "\(shape)")
            }
        }
    }

    @Test("dividing keeps errors below 2e-7 of the largest terms' sum, four times those of the plain sum at most")
    func divisionErrors() {
        for shape in Self.divided {
            let product = KernelTests.Product(shape, transposed: true, start: 0, room: 0, seed: 8)
            let exact = product.exact()
            func worst(_ found: [Float]) -> Double { zip(found, exact).map { abs(Double($0) - $1) }.max() ?? .infinity }
            let divided = worst(product.run(.best, mayDivide: true)), whole = worst(product.run(.best))
            // Factors are below one.
            #expect(divided < 2e-7 * Double(shape.k))
            #expect(divided < 4 * whole, "\(shape): \(divided), \(whole)")
        }
    }
}

extension KernelTests.Product {
    /// The product from zero in float64.
    fileprivate func exact() -> [Double] {
        let (aStride, bStride) = ((transposed ? shape.m : shape.k) + 3, shape.n + 2)
        let a = self.a.values, wide = b.values.map(Double.init)
        return (0 ..< shape.m).flatMap { i in
            var row = [Double](repeating: 0, count: shape.n)
            for p in 0 ..< shape.k {
                let factor = Double(transposed ? a[p * aStride + i] : a[i * aStride + p])
                for j in row.indices { row[j] += factor * wide[p * bStride + j] }
            }
            return row
        }
    }
}
