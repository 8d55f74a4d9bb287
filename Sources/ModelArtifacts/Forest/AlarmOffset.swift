import Foundation
import ModelGraph

/// Where scikit-learn's `offset_` must lie so that `predict` flags the rows whose score reaches our threshold.
///
/// Our score is a float32 that a sum of float32 path lengths determines, `Float(pow(2, −Float(sum / trees) / c))`; an alarm
/// is `score >= threshold`. scikit-learn computes `−2^(−sum / (trees · c))` in double, and alarms lie below `offset_`.
/// All path lengths, hence all sums, are multiples of one power of two, the quantum; every sum is exact in double, in any
/// order. Alarms are the sums up to one multiple, and `offset_` goes to the score half a quantum above it. So every sum is
/// at least half a quantum away, 2⁻²⁴ or more, which for 200 trees still moves the score by 10⁴ times what double rounds
/// off: no row, also none whose score equals the threshold, is flagged by one and not by the other.
struct AlarmOffset {
    /// Path lengths of all leaves of all trees.
    let trees: [IsolationForestParameters.Tree]
    let averagePathLength: Double

    /// - Parameter threshold: scores at or above it are alarms; compared with a float32 score in double.
    /// - Returns: nil where the sums of path lengths are too large for double, which no real forest's are.
    func offset(threshold: Double) -> Double? {
        // Inner nodes hold 0.
        let quantum = Double(trees.flatMap(\.pathLength).filter { $0 > 0 }.map(\.ulp).min() ?? 1)
        let highest = trees.reduce(0.0) { $0 + Double($1.pathLength.max() ?? 0) } / quantum
        guard highest <= 0x1p51 else { return nil }
        let isAlarm = { (multiple: Int) in score(sum: Double(multiple) * quantum) >= threshold }
        // Scores lie in (0, 1], so these offsets flag none and all.
        guard isAlarm(0) else { return -2 }
        guard !isAlarm(Int(highest)) else { return 0 }
        var (alarm, normal) = (0, Int(highest))
        while normal - alarm > 1 {
            let middle = alarm + (normal - alarm) / 2
            if isAlarm(middle) { alarm = middle } else { normal = middle }
        }
        return -exp2(-(Double(alarm) + 0.5) * quantum / (Double(trees.count) * averagePathLength))
    }

    private func score(sum: Double) -> Double {
        let mean = Float(sum / Double(trees.count))
        return Double(Float(pow(2, Double(mean) * (-1 / averagePathLength))))
    }

    /// The threshold on our score for an `offset_` of scikit-learn, whose alarms lie strictly above `−offset_`.
    ///
    /// Two float32 steps above: path lengths rounded to float32 move a score by at most one step or so, and a training row
    /// whose score `offset_` was taken from must not be flagged. A score nearer than that to the offset can fall on either
    /// side.
    static func threshold(offset: Double) -> Float { Float(-offset).nextUp.nextUp }
}
