/// Forecasts the next value as a linear function of the latest `order` ones, fitted by ridge regression (Hoerl, Kennard
/// 1970): least squares plus `penalty` times the squared coefficients; the intercept is not penalised, as in scikit-learn's
/// `Ridge`.
public struct AutoregressiveRidge: Sendable, Codable, Equatable {
    public let intercept: Double
    /// Oldest step first.
    public let coefficients: [Double]

    /// Standardise the values per series first where series differ in size: the fit pools all windows.
    ///
    /// - Parameters:
    ///   - histories: row-major `[window, step]`, oldest step first.
    ///   - targets: the value after each window.
    /// - Returns: nil for no windows or a value that is not finite.
    public init?(histories: [Double], windowLength: Int, targets: [Double], order: Int = 10, penalty: Double = 1) {
        precondition(histories.count == targets.count * windowLength, "one target per window of \(windowLength)")
        precondition((1 ... windowLength).contains(order), "order \(order) in a window of \(windowLength)")
        precondition(penalty > 0, "a penalty above zero keeps the system solvable")
        let count = Double(targets.count), skipped = windowLength - order
        var means = [Double](repeating: 0, count: order)
        for window in targets.indices {
            for step in 0 ..< order { means[step] += histories[window * windowLength + skipped + step] / count }
        }
        let targetMean = targets.reduce(0, +) / count
        var gram = [Double](repeating: 0, count: order * order), moments = [Double](repeating: 0, count: order)
        for window in targets.indices {
            let start = window * windowLength + skipped
            for row in 0 ..< order {
                let value = histories[start + row] - means[row]
                moments[row] += value * (targets[window] - targetMean)
                for column in 0 ... row { gram[row * order + column] += value * (histories[start + column] - means[column]) }
            }
        }
        for step in 0 ..< order { gram[step * order + step] += penalty }
        guard let solution = Cholesky.solve(lower: gram, rightSide: moments),
            let intercept = (targetMean - zip(solution, means).reduce(0) { $0 + $1.0 * $1.1 }).ifFinite
        else { return nil }
        coefficients = solution
        self.intercept = intercept
    }

    /// One forecast per window; the latest `order` steps of each are used.
    public func predict(_ histories: [Double], windowLength: Int) -> [Double] {
        WindowForecasts.latest(histories, windowLength: windowLength, steps: coefficients.count) { values in
            zip(coefficients, values).reduce(intercept) { $0 + $1.0 * $1.1 }
        }
    }
}

/// Solving small symmetric positive definite systems.
enum Cholesky {
    /// Solves A x = b by A = L Lᵀ.
    ///
    /// - Parameter matrix: row-major; only the lower triangle is read.
    /// - Returns: nil where A is not positive definite or a result is not finite.
    static func solve(lower matrix: [Double], rightSide: [Double]) -> [Double]? {
        let size = rightSide.count
        precondition(matrix.count == size * size, "a square matrix of the right side's size")
        var factor = matrix
        for row in 0 ..< size {
            for column in 0 ... row {
                var sum = factor[row * size + column]
                for inner in 0 ..< column { sum -= factor[row * size + inner] * factor[column * size + inner] }
                if row == column {
                    guard sum > 0 else { return nil }
                    factor[row * size + row] = sum.squareRoot()
                } else {
                    factor[row * size + column] = sum / factor[column * size + column]
                }
            }
        }
        var solution = rightSide
        for row in 0 ..< size {
            for inner in 0 ..< row { solution[row] -= factor[row * size + inner] * solution[inner] }
            solution[row] /= factor[row * size + row]
        }
        for row in (0 ..< size).reversed() {
            for inner in row + 1 ..< size { solution[row] -= factor[inner * size + row] * solution[inner] }
            solution[row] /= factor[row * size + row]
        }
        return solution.allSatisfy(\.isFinite) ? solution : nil
    }
}
