import Foundation
import Testing
import TestSupport

/// Reads a JSON fixture.
func decodeFixture<Value: Decodable>(_ path: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Fixture.data(path))
}

/// Expects a value within `tolerance` relative to the reference (absolute below 1). The default leaves room for another
/// order of summation in double precision over a few hundred rows, nothing more.
func expectClose(
    _ value: Double?, _ reference: Double, tolerance: Double = 1e-12, _ name: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard let value else {
        Issue.record("\(name) is nil, expected \(reference)", sourceLocation: sourceLocation)
        return
    }
    #expect(abs(value - reference) <= tolerance * max(1, abs(reference)), "\(name)", sourceLocation: sourceLocation)
}

/// The same for arrays of equal length.
func expectClose(
    _ values: [Double], _ references: [Double], tolerance: Double = 1e-12, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(values.count == references.count, sourceLocation: sourceLocation)
    let worst = zip(values, references).enumerated().max { a, b in
        abs(a.element.0 - a.element.1) < abs(b.element.0 - b.element.1)
    }
    if let worst {
        expectClose(
            worst.element.0, worst.element.1, tolerance: tolerance, "element \(worst.offset)",
            sourceLocation: sourceLocation)
    }
}
