/// The one matrix product of this target.
enum MatrixProduct {
    /// A strip of the right matrix of this width stays in the first-level cache while all rows pass it.
    private static let stripWidth = 64

    /// `result += left · right`; left `[rows, inner]` with `leftStride` values from row to row, right `[inner,
    /// columns]`, result `[rows, columns]`, both dense.
    ///
    /// Every element is a sum in ascending order of `inner` of separately rounded products, starting from the element's
    /// old value. No element's order depends on `rows`, so a row gives the same bits in every batch.
    ///
    /// Bounds: reads `left[(rows − 1) · leftStride + inner − 1]` and `right[inner · columns − 1]` at most, writes below
    /// `rows · columns`.
    static func accumulate(
        _ left: UnsafePointer<Float>, leftStride: Int, _ right: UnsafePointer<Float>,
        into result: UnsafeMutablePointer<Float>,
        rows: Int, inner: Int, columns: Int
    ) {
        for strip in stride(from: 0, to: columns, by: stripWidth) {
            let width = min(stripWidth, columns - strip)
            for row in 0 ..< rows {
                accumulateRow(
                    left + row * leftStride, right + strip, rightStride: columns, into: result + row * columns + strip,
                    inner: inner, width: width)
            }
        }
    }

    /// One row of one strip. Four products a pass save three of four loads and stores of the result; the compiler vectorises
    /// the loops over columns.
    @inline(__always)
    private static func accumulateRow(
        _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, rightStride: Int,
        into result: UnsafeMutablePointer<Float>, inner: Int, width: Int
    ) {
        var k = 0
        while k + 4 <= inner {
            let (a, b, c, d) = (left[k], left[k + 1], left[k + 2], left[k + 3])
            let first = right + k * rightStride
            let (second, third, fourth) = (first + rightStride, first + 2 * rightStride, first + 3 * rightStride)
            for column in 0 ..< width {
                result[column] =
                    result[column] + a * first[column] + b * second[column] + c * third[column] + d * fourth[column]
            }
            k += 4
        }
        while k < inner {
            let (a, line) = (left[k], right + k * rightStride)
            for column in 0 ..< width { result[column] += a * line[column] }
            k += 1
        }
    }
}
