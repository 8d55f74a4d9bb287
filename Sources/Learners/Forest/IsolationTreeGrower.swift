import Foundation
import ModelGraph
import Randomness

/// Grows isolation trees one after the other; the buffers are reused from tree to tree.
struct IsolationTreeGrower {
    private let sampleSize: Int
    private let depthLimit: Int
    private let scaling: RobustScaling
    private let rowCount: Int
    /// The tree's sample, scaled, `[feature, sample]`: a node reads one feature of many rows.
    private var columns: [Float]
    /// Sample numbers; a node owns a range of them.
    private var order: [Int]
    /// All features; those known to be constant in a node are moved behind the ones that may vary.
    private var features: [Int]
    /// One mark per row that the current tree has drawn.
    private var drawn: [Bool]
    private var tree = IsolationForestParameters.Tree(feature: [], threshold: [], left: [], right: [], pathLength: [])

    init(sampleSize: Int, scaling: RobustScaling, rowCount: Int) {
        self.sampleSize = sampleSize
        self.scaling = scaling
        self.rowCount = rowCount
        depthLimit = Int(log2(Double(sampleSize)).rounded(.up))
        columns = Array(repeating: 0, count: scaling.featureCount * sampleSize)
        order = Array(repeating: 0, count: sampleSize)
        features = Array(repeating: 0, count: scaling.featureCount)
        drawn = Array(repeating: false, count: rowCount)
    }

    /// Grows a tree on a fresh sample of `rows` (all rows of `values` when nil).
    mutating func grow(
        from values: UnsafeBufferPointer<Float>, rows: [Int]?, stream: RandomStream
    ) -> IsolationForestParameters.Tree {
        var stream = stream
        drawSample(from: values, rows: rows, stream: &stream)
        for sample in order.indices { order[sample] = sample }
        for feature in features.indices { features[feature] = feature }
        tree = IsolationForestParameters.Tree(feature: [], threshold: [], left: [], right: [], pathLength: [])
        addNode(samples: 0 ..< sampleSize, depth: 0, varying: features.count, stream: &stream)
        return tree
    }

    /// Floyd's sampling without replacement (Bentley, Floyd, CACM 1987): every subset is equally likely.
    private mutating func drawSample(
        from values: UnsafeBufferPointer<Float>, rows: [Int]?, stream: inout RandomStream
    ) {
        let featureCount = scaling.featureCount
        var chosen: [Int] = []
        chosen.reserveCapacity(sampleSize)
        for last in rowCount - sampleSize ..< rowCount {
            let candidate = stream.below(last + 1)
            let pick = drawn[candidate] ? last : candidate
            drawn[pick] = true
            chosen.append(pick)
        }
        for (sample, pick) in chosen.enumerated() {
            drawn[pick] = false
            let row = (rows?[pick] ?? pick) * featureCount
            for feature in 0 ..< featureCount {
                columns[feature * sampleSize + sample] = scaling.scaled(values[row + feature], column: feature)
            }
        }
    }

    /// Appends the node that owns `samples`, then its left and right subtrees. The first `varying` features may vary in it.
    private mutating func addNode(samples: Range<Int>, depth: Int, varying: Int, stream: inout RandomStream) {
        let node = tree.feature.count
        var varying = varying
        guard samples.count > 1, depth < depthLimit,
            let split = chooseSplit(of: samples, varying: &varying, stream: &stream)
        else {
            append(feature: -1, threshold: 0, pathLength: Float(
                Double(depth) + IsolationForest.averagePathLength(samples: samples.count)))
            return
        }
        append(feature: Int32(split.feature), threshold: split.threshold, pathLength: 0)
        let middle = partition(samples, feature: split.feature, threshold: split.threshold)
        tree.left[node] = Int32(tree.feature.count)
        addNode(samples: samples.lowerBound ..< middle, depth: depth + 1, varying: varying, stream: &stream)
        tree.right[node] = Int32(tree.feature.count)
        addNode(samples: middle ..< samples.upperBound, depth: depth + 1, varying: varying, stream: &stream)
    }

    private mutating func append(feature: Int32, threshold: Float, pathLength: Float) {
        tree.feature.append(feature)
        tree.threshold.append(threshold)
        tree.left.append(-1)
        tree.right.append(-1)
        tree.pathLength.append(pathLength)
    }

    /// A feature drawn uniformly among those not constant in the node, and a threshold with rows on both sides; nil when
    /// every feature is constant.
    ///
    /// Drawing until a feature varies is uniform over the varying ones. What is constant here is constant below, so the
    /// features found constant stay behind `varying` for the whole subtree.
    private mutating func chooseSplit(
        of samples: Range<Int>, varying: inout Int, stream: inout RandomStream
    ) -> (feature: Int, threshold: Float)? {
        while varying > 0 {
            let place = stream.below(varying)
            let feature = features[place]
            let (low, high) = bounds(of: feature, samples: samples)
            if low < high {
                // In double precision so that the width of the range cannot overflow.
                let threshold = Float(stream.uniform(Double(low), Double(high)))
                // Rounding up to the maximum would send every row left.
                return (feature, threshold < high ? threshold : low)
            }
            varying -= 1
            features.swapAt(place, varying)
        }
        return nil
    }

    private func bounds(of feature: Int, samples: Range<Int>) -> (low: Float, high: Float) {
        let column = feature * sampleSize
        var low = columns[column + order[samples.lowerBound]]
        var high = low
        for place in samples {
            let value = columns[column + order[place]]
            low = min(low, value)
            high = max(high, value)
        }
        return (low, high)
    }

    /// Moves the samples at or below `threshold` to the front of the range and returns where the others begin.
    private mutating func partition(_ samples: Range<Int>, feature: Int, threshold: Float) -> Int {
        let column = feature * sampleSize
        var middle = samples.lowerBound
        for place in samples where columns[column + order[place]] <= threshold {
            order.swapAt(place, middle)
            middle += 1
        }
        return middle
    }
}
