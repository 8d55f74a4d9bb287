import Expressions
import Failures
import Testing

@Suite("Parsing formulas")
struct FormulaParsingTests {
    @Test("Columns are listed once, in order of first appearance, backticks for foreign names")
    func columns() throws {
        let formula = try Formula(parsing: "`CPU use (%)` * rtt_ms + lag(rtt_ms, 1) - rolling_mean(loss, 3)")
        #expect(formula.columns == ["CPU use (%)", "rtt_ms", "loss"])
        #expect(try Formula(parsing: "lag + `min`").columns == ["lag", "min"])
        #expect(try Formula(parsing: "1 + 2").columns.isEmpty)
    }

    @Test(
        "The look-back adds up through nesting",
        arguments: [
            ("x", 0), ("lag(x, 3)", 3), ("diff(x)", 1), ("rolling_mean(x, 10)", 9), ("rolling_std(diff(x, 2), 4)", 5),
            ("lag(x, 1) + rolling_max(lag(y, 2), 3)", 4), ("rolling_min(x, 1)", 0),
        ])
    func lookback(text: String, rows: Int) throws {
        #expect(try Formula(parsing: text).lookback == rows)
    }

    @Test(
        "The smallest lag of a column is the latest row it is read from",
        arguments: [
            ("x", 0), ("lag(x, 2)", 2), ("lag(x, 2) + lag(x, 1)", 1), ("lag(rolling_mean(x, 5), 1)", 1),
            ("rolling_mean(lag(x, 1), 5)", 1), ("diff(lag(x, 1))", 1), ("diff(x, 3)", 0), ("lag(lag(x, 1), 2)", 3),
            ("coalesce(lag(x, 1), x)", 0), ("if(is_missing(x), 0, lag(x, 4))", 0), ("y", nil),
        ] as [(String, Int?)])
    func minimumLag(text: String, rows: Int?) throws {
        #expect(try Formula(parsing: text).minimumLag(ofColumn: "x") == rows)
    }

    @Test(
        "A mistake is reported with its position",
        arguments: [
            ("", 1, "the end"), ("1 +", 4, "the end"), ("a b", 3, "“b”"), ("rolling_mean(, 10)", 14, "“,”"),
            ("(a", 3, "“)” was expected"), ("mean(a)", 1, "no function “mean”"), ("a < b < c", 7, "“<”"),
            ("lag(a)", 1, "lag(x, rows)"), ("1 + lag(a, 0)", 5, "whole number"), ("lag(a, -1)", 1, "whole number"),
            ("lag(a, 1.5)", 1, "whole number"), ("lag(a, b)", 1, "whole number"), ("rolling_mean(a, 5000)", 1, "4096"),
            ("a $ b", 3, "backticks"), ("`a", 1, "backticks"), ("``", 1, "backticks"), ("1.2.3", 1, "number"),
            ("2x", 1, "number"), ("1e", 1, "number"), ("1e999", 1, "number"), (".", 1, "number"),
            ("a = b", 3, "means nothing"),
            ("é + 1", 1, "means nothing"), ("clip(a, 1)", 1, "clip(x, low, high)"), ("a)", 2, "“)”"),
        ])
    func mistakes(text: String, position: Int, fragment: String) throws {
        let error = try #require(throws: FormulaError.self) { try Formula(parsing: text) }
        #expect(error.position == position)
        #expect(error.problem.contains(fragment), "\(error)")
        #expect(error.category == .invalidData)
    }

    @Test("The excerpt puts a caret below the place, also far into a long formula")
    func excerpt() throws {
        let short = try #require(throws: FormulaError.self) { try Formula(parsing: "a +\n* b") }
        #expect(short.excerpt == "    a +·* b\n        ^")
        let long = String(repeating: "a + ", count: 50) + "?"
        let error = try #require(throws: FormulaError.self) { try Formula(parsing: long) }
        let lines = error.excerpt.split(separator: "\n")
        #expect(lines[0].count < 80)
        #expect(lines[0].last == "?" && lines[1].last == "^" && lines[0].count == lines[1].count)
    }

    @Test("Hostile lengths and depths are refused before they can exhaust anything")
    func hostile() throws {
        let texts = [
            String(repeating: "(", count: 4_000), String(repeating: "-", count: 4_000) + "1",
            String(repeating: "1+", count: 2_000) + "1", String(repeating: "abs(", count: 900) + "1",
            String(repeating: "x", count: 5_000), String(repeating: "if(", count: 1_300),
        ]
        for text in texts { #expect(throws: FormulaError.self) { try Formula(parsing: text) } }
        let deep = String(repeating: "(", count: 90) + "1" + String(repeating: ")", count: 90)
        #expect(try Formula(parsing: deep).evaluate(rowCount: 1) { _ in [] as [Double] } == [1])
    }

    @Test("Random bytes never crash the parser")
    func fuzz() {
        let pieces = [
            "a", "1", ".", "e", "(", ")", ",", "+", "-", "*", "<", "=", "!", "`", " ", "lag(", "if(", "é", "\0", "diff(",
        ]
        var state: UInt64 = 1
        for _ in 0 ..< 3_000 {
            var text = ""
            for _ in 0 ..< 12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += pieces[Int(state >> 33) % pieces.count]
            }
            if let formula = try? Formula(parsing: text) {
                let result: [Double] = formula.evaluate(rowCount: 2) { _ in [1, .nan] as [Double] }
                #expect(result.count == 2)
            }
        }
    }
}
