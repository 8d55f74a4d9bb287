import Foundation
import ModelGraph

/// What scikit-learn's trees say in other words than ours: samples at leaves instead of path lengths, and thresholds on
/// unscaled float32 values.
enum IsolationTree {
    /// c(n): the mean path length of an unsuccessful search among `samples`, as scikit-learn computes it.
    static func averagePathLength(samples: Int) -> Double {
        switch samples {
        case ...1: return 0
        case 2: return 1
        default:
            let count = Double(samples), eulerGamma = 0.577_215_664_901_532_9
            return 2 * (log(count - 1) + eulerGamma) - 2 * (count - 1) / count
        }
    }

    /// The n with c(n) nearest to a path length; nil where none is within `tolerance`. c grows strictly from n = 1 on.
    static func samples(averagePathLength length: Double, tolerance: Double) -> Int? {
        guard length.isFinite, length <= averagePathLength(samples: 1 << 40) else { return nil }
        var (low, high) = (1, 1 << 40)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if averagePathLength(samples: middle) <= length { low = middle } else { high = middle }
        }
        let distance = { (samples: Int) in abs(averagePathLength(samples: samples) - length) }
        let nearest = distance(low) <= distance(high) ? low : high
        return distance(nearest) <= tolerance ? nearest : nil
    }

    /// The largest float32 not above `threshold`: for every float32 x, `x <= threshold` in double says the same as
    /// `x <=` this one in float32.
    static func roundedDown(_ threshold: Double) -> Float {
        let rounded = Float(threshold)
        return Double(rounded) > threshold ? rounded.nextDown : rounded
    }

    /// The largest float32 x with `(x − center) / scale <= threshold`, all in float32.
    ///
    /// Subtraction and division round monotonically, so with a scale above zero the values that go left are all those up
    /// to one. It is found by halving the float32 numbers in their order; −∞ always goes left.
    static func unscaled(_ threshold: Float, center: Float, scale: Float) -> Float {
        precondition(scale > 0 && scale.isFinite && center.isFinite && !threshold.isNaN)
        let goesLeft = { (value: Float) in (value - center) / scale <= threshold }
        var (left, right) = (order(of: -.infinity), order(of: .infinity))
        if goesLeft(.infinity) { return .infinity }
        while right - left > 1 {
            let middle = left + (right - left) / 2
            if goesLeft(value(at: middle)) { left = middle } else { right = middle }
        }
        return value(at: left)
    }

    /// Counts the float32 numbers between zero and `value`; both zeros are one place.
    private static func order(of value: Float) -> Int {
        let bits = Int(value.magnitude.bitPattern)
        return value.sign == .minus ? -bits : bits
    }

    private static func value(at order: Int) -> Float {
        let magnitude = Float(bitPattern: UInt32(order.magnitude))
        return order < 0 ? -magnitude : magnitude
    }
}

extension IsolationForestParameters.Tree {
    /// Steps from the root to each node.
    /// - Returns: nil where a node is not reached exactly once, or a child does not lie behind its parent.
    var depths: [Int]? {
        let count = feature.count
        guard count > 0, [threshold.count, left.count, right.count, pathLength.count].allSatisfy({ $0 == count }) else {
            return nil
        }
        var depths = [Int](repeating: -1, count: count)
        depths[0] = 0
        for node in 0 ..< count {
            guard depths[node] >= 0 else { return nil }
            guard feature[node] >= 0 else { continue }
            for child in [Int(left[node]), Int(right[node])] {
                guard child > node, child < count, depths[child] < 0 else { return nil }
                depths[child] = depths[node] + 1
            }
        }
        return depths
    }
}
