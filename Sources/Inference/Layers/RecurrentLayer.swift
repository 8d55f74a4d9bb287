import ModelGraph

/// An LSTM or GRU over all steps.
struct RecurrentLayer: LayerComputation {
    private let forward: RecurrentForward
    private let steps: Int
    private let returnSequences: Bool
    private let goBackwards: Bool
    /// Puts a sequence computed backwards into the order of time, instead of the order of processing.
    private let restoresTimeOrder: Bool

    init(_ parameters: LSTMParameters, steps: Int, restoresTimeOrder: Bool = false) {
        forward = RecurrentForward(cell: LSTMCell(parameters))
        self.steps = steps
        returnSequences = parameters.returnSequences
        goBackwards = parameters.goBackwards
        self.restoresTimeOrder = restoresTimeOrder
    }

    init(_ parameters: GRUParameters, steps: Int, restoresTimeOrder: Bool = false) {
        forward = RecurrentForward(cell: GRUCell(parameters))
        self.steps = steps
        returnSequences = parameters.returnSequences
        goBackwards = parameters.goBackwards
        self.restoresTimeOrder = restoresTimeOrder
    }

    var units: Int { forward.cell.units }

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        sources[0].withUnsafeBufferPointer { source in
            guard let source = source.baseAddress else { return [] }
            let (first, layout) = layout(width: forward.cell.features, backwards: goBackwards)
            guard returnSequences else { return forward.run(source + first, layout, rows: rows, steps: steps) }
            let result = self.layout(width: forward.cell.units, backwards: goBackwards && restoresTimeOrder)
            let count = rows * steps * forward.cell.units
            return [Float](unsafeUninitializedCapacity: count) { buffer, initialised in
                buffer.initialize(repeating: 0)
                if let values = buffer.baseAddress {
                    _ = forward.run(
                        source + first, layout, rows: rows, steps: steps,
                        sequence: (values + result.first, result.layout))
                }
                initialised = count
            }
        }
    }

    /// Where the step processed first lies in `[rows, steps, width]`, and how to go on from there.
    private func layout(width: Int, backwards: Bool) -> (first: Int, layout: RecurrentForward.Layout) {
        (
            backwards ? (steps - 1) * width : 0,
            RecurrentForward.Layout(rowStride: steps * width, timeStride: backwards ? -width : width)
        )
    }
}

/// Two recurrent layers over the same source, merged.
struct BidirectionalLayer: LayerComputation {
    let forward: any LayerComputation
    let backward: any LayerComputation
    let merging: any LayerComputation
    /// What the merged values are multiplied by.
    let factor: Float

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        let merged = merging.run([forward.run(sources, rows: rows), backward.run(sources, rows: rows)], rows: rows)
        return factor == 1 ? merged : merged.map { $0 * factor }
    }
}

extension BidirectionalLayer {
    /// Layers that have been checked to be recurrent and to fit.
    init(_ forward: LayerOperation, _ backward: LayerOperation, _ merge: BidirectionalMerge, source: [Int]) {
        let (ahead, back) = (forward.recurrence(steps: source[0]), backward.recurrence(steps: source[0]))
        self.forward = ahead
        self.backward = back
        switch merge {
        case .concat: merging = ConcatenationLayer(widths: [ahead.units, back.units])
        case .sum, .ave: merging = CombinationLayer(combination: .sum)
        case .mul: merging = CombinationLayer(combination: .product)
        }
        factor = merge == .ave ? 0.5 : 1
    }
}

extension LayerOperation {
    fileprivate func recurrence(steps: Int) -> RecurrentLayer {
        switch self {
        case .lstm(let parameters): RecurrentLayer(parameters, steps: steps, restoresTimeOrder: true)
        case .gru(let parameters): RecurrentLayer(parameters, steps: steps, restoresTimeOrder: true)
        default: preconditionFailure("the graph's check lets only recurrent layers stand here")
        }
    }
}
