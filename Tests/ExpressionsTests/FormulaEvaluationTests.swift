import Expressions
import Foundation
import TestSupport
import Testing

private func evaluate(_ text: String, _ columns: [String: [Double]]) throws -> [Double] {
    let formula = try Formula(parsing: text)
    return try formula.evaluate(rowCount: columns.values.first?.count ?? 1) { try #require(columns[$0]) }
}

/// Equal, NaN standing for itself.
private func same(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
}

@Suite("Evaluating formulas")
struct FormulaEvaluationTests {
    @Test(
        "Arithmetic follows the usual precedence",
        arguments: [
            ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 4 - 3", 3), ("24 / 4 / 3", 2), ("-2 * -3", 6), ("--2", 2),
            ("2 - -1", 3), ("1e6 / 1E3", 1000), (".5 + 0.25", 0.75), ("1 + 1 == 2", 1), ("2 < 1", 0), ("2 <= 2", 1),
            ("3 > 2", 1), ("3 >= 4", 0), ("3 != 3", 0), ("if(2 > 1, 10, 20)", 10), ("if(0, 10, 20)", 20),
            ("min(2, 3) + max(2, 3)", 5), ("clip(7, 0, 5)", 5), ("clip(-7, 0, 5)", 0), ("abs(-3)", 3), ("sqrt(9)", 3),
            ("coalesce(4, 5)", 4), ("log(exp(2))", 2), ("log1p(0)", 0),
        ])
    func arithmetic(text: String, expected: Double) throws {
        #expect(abs(try evaluate(text, [:])[0] - expected) < 1e-15)
    }

    @Test("A missing value makes missing whatever depends on it")
    func missing() throws {
        let columns = ["x": [Double.nan], "y": [2.0]]
        for text in [
            "x + y", "y - x", "-x", "x < y", "x != y", "min(x, y)", "max(y, x)", "clip(y, x, 3)", "clip(x, 0, 1)",
            "log1p(x)",
            "if(x, 1, 2)", "rolling_mean(x, 3)", "diff(x)", "coalesce(x, x)",
        ] {
            #expect(try evaluate(text, columns)[0].isNaN, "\(text)")
        }
        #expect(try evaluate("coalesce(x, y)", columns) == [2])
        #expect(try evaluate("is_missing(x) * 10 + is_missing(y)", columns) == [10])
        #expect(try evaluate("if(is_missing(x), y, x)", columns) == [2])
    }

    @Test("Lags and differences are missing where the segment has no such row")
    func lags() throws {
        let columns = ["x": [1.0, 4, 9, 16]]
        #expect(same(try evaluate("lag(x, 2)", columns), [.nan, .nan, 1, 4]))
        #expect(same(try evaluate("lag(x, 9)", columns), [.nan, .nan, .nan, .nan]))
        #expect(same(try evaluate("diff(x)", columns), [.nan, 3, 5, 7]))
        #expect(same(try evaluate("diff(lag(x, 1), 2)", columns), [.nan, .nan, .nan, 8]))
        #expect(same(try evaluate("diff(diff(x))", columns), [.nan, .nan, 2, 2]))
    }

    @Test("Rolling statistics start with partial windows and skip missing values")
    func rolling() throws {
        let columns = ["x": [2.0, .nan, 6, 1]]
        #expect(try evaluate("rolling_mean(x, 2)", columns) == [2, 2, 6, 3.5])
        #expect(try evaluate("rolling_std(x, 3)", columns) == [0, 0, 2, 2.5])
        #expect(try evaluate("rolling_min(x, 2)", columns) == [2, 2, 6, 1])
        #expect(try evaluate("rolling_max(x, 2)", columns) == [2, 2, 6, 6])
        #expect(try evaluate("rolling_median(x, 4)", columns) == [2, 2, 4, 2])
        #expect(try evaluate("rolling_std(x * 0 + 0.1, 4)", ["x": [1, 2, 3, 4]]) == [0, 0, 0, 0])
    }

    private struct Reference: Decodable {
        var x: [Double?]
        var cases: [String: [Double?]]
    }

    @Test("Rolling statistics agree with numpy and pandas, also for small spreads far from zero")
    func reference() throws {
        let reference = try JSONDecoder().decode(Reference.self, from: Fixture.data("Expressions/rolling.json"))
        let x = reference.x.map { $0 ?? .nan }
        #expect(reference.cases.count == 19)
        for (text, expected) in reference.cases.sorted(by: { $0.key < $1.key }) {
            let result = try evaluate(text, ["x": x])
            try #require(result.count == expected.count)
            for row in result.indices {
                guard let value = expected[row] else {
                    #expect(result[row].isNaN, "\(text), row \(row)")
                    continue
                }
                // Values near 1e9 carry absolute rounding of 1e-7; a deviation of 1e-3 inherits it, relative 1e-4 of that.
                let tolerance = 1e-12 * max(abs(value), 1) + (text.hasPrefix("rolling_std") && row >= 50 ? 2e-7 : 0)
                #expect(abs(result[row] - value) <= tolerance, "\(text), row \(row): \(result[row]), expected \(value)")
            }
        }
    }

    @Test("A result depends on no row before its look-back and on none after itself")
    func locality() throws {
        let base = (0 ..< 40).map { sin(Double($0) * 1.7) * 5 + 6 }
        for text in [
            "rolling_mean(x, 5)", "lag(x, 3) + rolling_std(diff(x, 2), 4)", "rolling_median(lag(x, 1), 6)", "x / 2",
            "rolling_max(rolling_min(x, 3), 4)",
        ] {
            let formula = try Formula(parsing: text)
            let whole: [Double] = formula.evaluate(rowCount: base.count) { _ in base }
            for row in 20 ..< 30 {
                var changed = base
                for other in base.indices where other < row - formula.lookback || other > row { changed[other] = -1e6 }
                let result: [Double] = formula.evaluate(rowCount: base.count) { _ in changed }
                #expect(result[row].bitPattern == whole[row].bitPattern, "\(text), row \(row)")
            }
        }
    }

    @Test("Float32 columns are computed in float64 and rounded once")
    func float32() throws {
        let formula = try Formula(parsing: "x + 1 - x")
        let result: [Float] = formula.evaluate(rowCount: 1) { _ in [16_777_216] as [Float] }
        #expect(result == [1])
    }
}
