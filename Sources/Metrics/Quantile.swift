/// The quantile of ascending values, linear between neighbours (numpy's default, Hyndman and Fan's type 7).
///
/// - Parameter probability: in 0 ... 1.
/// - Returns: nil for no values.
public func quantile(ofSorted values: some RandomAccessCollection<Double>, _ probability: Double) -> Double? {
    precondition((0 ... 1).contains(probability), "a quantile's probability lies in 0 ... 1, found \(probability)")
    guard let last = values.last else { return nil }
    let place = probability * Double(values.count - 1)
    let below = values.index(values.startIndex, offsetBy: Int(place))
    let above = values.index(after: below)
    guard above < values.endIndex else { return last }
    return values[below] + (values[above] - values[below]) * (place - place.rounded(.down))
}
