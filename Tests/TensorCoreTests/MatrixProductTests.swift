import Randomness
import TestSupport
import Testing

@testable import TensorCore

/// The choice between kernel and BLAS.
@Suite struct MatrixProductTests {
    @Test("a large product through BLAS agrees with exact sums")
    func largeProduct() {
        let size = Kernels.largeProduct
        let a = KernelTests.numbers(size * size, seed: 1), b = KernelTests.numbers(size * size, seed: 2)
        for transposed in [false, true] {
            let c = FloatBlock(count: size * size)
            c.base.initialize(repeating: 1, count: c.count)
            Kernels.best.multiply(
                MatrixView(a, rows: size, columns: size), transposed: transposed, MatrixView(b, rows: size, columns: size),
                into: MutableMatrixView(c.base, rows: size, columns: size), startingFrom: .current)
            var stream = RandomStream(seed: 3)
            for _ in 0 ..< 50 {
                let (i, j) = (stream.below(size), stream.below(size))
                let exact = (0 ..< size).reduce(1.0) {
                    $0 + Double(transposed ? a[$1 * size + i] : a[i * size + $1]) * Double(b[$1 * size + j])
                }
                // 1,024 terms below one: roundings of 6e-8 each on a sum of about 20, in any order.
                #expect(abs(Double(c.base[i * size + j]) - exact) < 1e-4)
            }
        }
    }

    @Test("OpenBLAS is there, held to one thread, and says whose kernels it runs")
    func loading() throws {
        #expect(try !#require(BLAS.shared).core.isEmpty)
    }

    @Test("a row of a product depends on its row of the left matrix alone")
    func rowIndependence() {
        let (m, n, k) = (19, 70, 33)
        let a = KernelTests.numbers(m * k, seed: 4), b = KernelTests.numbers(k * n, seed: 5)
        var whole = [Float](repeating: 0, count: m * n)
        Kernels.best.multiply(
            MatrixView(a, rows: m, columns: k), MatrixView(b, rows: k, columns: n),
            into: MutableMatrixView(&whole, rows: m, columns: n))
        for row in 0 ..< m {
            var one = [Float](repeating: 0, count: n)
            Kernels.best.multiply(
                MatrixView(Array(a[row * k ..< (row + 1) * k]), rows: 1, columns: k), MatrixView(b, rows: k, columns: n),
                into: MutableMatrixView(&one, rows: 1, columns: n))
            #expect(one == Array(whole[row * n ..< (row + 1) * n]))
        }
    }
}
