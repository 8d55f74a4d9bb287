/// Everything the regression metrics need, as sums over rows: the sums of two sets of rows add up, so that a metric of a
/// resample costs one pass over its units.
public struct RegressionSums: RowSums, Equatable {
    private var terms = SIMD16<Double>(repeating: 0)

    public init() {}

    /// The sums of one row.
    ///
    /// - Parameters:
    ///   - floor: the row counts in `meanAbsolutePercentageError` when |actual| lies above it.
    ///   - origin: a number near the mean of the actual values, the same for all rows: moments are taken about it, so that
    ///     small deviations of large values keep their digits.
    public init(predicted: Double, actual: Double, floor: Double = 0, origin: Double = 0) {
        // Written so that an actual value of NaN counts and spoils the sum instead of dropping out.
        let error = abs(predicted - actual), counted = !(abs(actual) <= floor)
        let x = predicted - origin, y = actual - origin
        terms[0] = 1
        terms[1] = x
        terms[2] = y
        terms[3] = x * x
        terms[4] = y * y
        terms[5] = x * y
        terms[6] = error
        terms[7] = error * error
        terms[8] = abs(actual)
        terms[9] = counted ? error / abs(actual) : 0
        terms[10] = counted ? 1 : 0
    }

    /// The sums over all rows, taken about the mean of `actual`; `floors` holds one floor per row, none means 0.
    public init(predicted: [Double], actual: [Double], floors: [Double]? = nil) {
        precondition(predicted.count == actual.count && floors?.count ?? actual.count == actual.count, "one value per row")
        let origin = actual.reduce(0, +) / Double(max(1, actual.count))
        for row in actual.indices {
            let sums = RegressionSums(
                predicted: predicted[row], actual: actual[row], floor: floors?[row] ?? 0, origin: origin)
            add(sums, times: 1)
        }
    }

    public mutating func add(_ other: RegressionSums, times weight: Double) { terms += other.terms * weight }

    /// Rows; a multiple of it in a resample.
    public var count: Double { terms[0] }

    /// Pearson's correlation, −1 ... 1; nil where either side is constant.
    public var correlation: Double? {
        let predictedSpread = terms[3] - terms[1] * terms[1] / count
        let actualSpread = terms[4] - terms[2] * terms[2] / count
        // Rounding leaves some 1e-16 of the squares where the true spread is zero.
        guard predictedSpread > 1e-14 * terms[3], actualSpread > 1e-14 * terms[4] else { return nil }
        let shared = terms[5] - terms[1] * terms[2] / count
        return (shared / (predictedSpread.squareRoot() * actualSpread.squareRoot())).ifFinite.map { min(1, max(-1, $0)) }
    }

    /// Mean of |error| / |actual| over the rows above their floor, in percent.
    public var meanAbsolutePercentageError: Double? { (100 * terms[9] / terms[10]).ifFinite }

    /// Rows at or below their floor, which `meanAbsolutePercentageError` leaves out.
    public var rowsBelowFloor: Double { terms[0] - terms[10] }

    /// Σ|error| / Σ|actual| over all rows, in percent (WAPE).
    public var weightedAbsolutePercentageError: Double? { (100 * terms[6] / terms[8]).ifFinite }

    /// In the unit of the values.
    public var meanAbsoluteError: Double? { (terms[6] / count).ifFinite }

    /// In the unit of the values.
    public var rootMeanSquaredError: Double? { (terms[7] / count).squareRoot().ifFinite }

    /// 1 − Σ error² / Σ (actual − mean)², as scikit-learn's `r2_score`; nil where the actual values are constant.
    public var rSquared: Double? {
        let spread = terms[4] - terms[2] * terms[2] / count
        guard spread > 1e-14 * terms[4] else { return nil }
        return (1 - terms[7] / spread).ifFinite
    }
}
