/// One step of a recurrent layer over a few rows at a time; `U` units.
protocol RecurrentCell: Sendable {
    var units: Int { get }
    /// The input's part of a step, `[F, gateWidth]` and `[gateWidth]`.
    var kernel: PackedMatrix { get }
    var bias: [Float] { get }
    /// Numbers that a row keeps or needs beside its gates and hidden state; zero before the first step.
    var memoryWidth: Int { get }

    /// Turns the hidden states `[rows, U]` into those of the next step.
    ///
    /// `gates` `[rows, gateWidth]` hold `bias + x · kernel` and are used up. Bounds: nothing is read or written beyond these
    /// sizes and `[rows, memoryWidth]` of `memory`.
    func advance(
        _ hidden: UnsafeMutablePointer<Float>, gates: UnsafeMutablePointer<Float>, memory: UnsafeMutablePointer<Float>,
        rows: Int)
}

extension RecurrentCell {
    var features: Int { kernel.inner }
    var gateWidth: Int { bias.count }
}

/// A recurrent layer's forward pass over all steps, starting from zero states.
struct RecurrentForward: Sendable {
    let cell: any RecurrentCell

    /// Where a value of row, step and feature 0 lies; features are adjacent. A negative `timeStride` runs through time
    /// backwards, from a pointer to the last step.
    struct Layout {
        let rowStride: Int
        let timeStride: Int
    }

    /// Rows that take all their steps before the next rows start, so that states and gates stay in cache.
    private static let rowsPerBlock = 64
    /// Steps of a single row whose input parts are computed together, which reads the kernel once for all of them.
    private static let stepsPerProduct = 64

    /// Computes all steps of `rows` rows. `sequence`, where given, receives the hidden state of every step; the last
    /// hidden state `[rows, U]` is returned.
    ///
    /// Bounds: reads `source` and writes `sequence` at `row · rowStride + step · timeStride + feature` only.
    func run(
        _ source: UnsafePointer<Float>, _ layout: Layout, rows: Int, steps: Int,
        sequence: (values: UnsafeMutablePointer<Float>, layout: Layout)? = nil
    ) -> [Float] {
        var last: [Float] = []
        last.reserveCapacity(rows * cell.units)
        for start in stride(from: 0, to: rows, by: Self.rowsPerBlock) {
            let target = sequence.map { (values: $0.values + start * $0.layout.rowStride, layout: $0.layout) }
            last += runBlock(
                source + start * layout.rowStride, layout, rows: min(Self.rowsPerBlock, rows - start), steps: steps,
                sequence: target)
        }
        return last
    }

    private func runBlock(
        _ source: UnsafePointer<Float>, _ layout: Layout, rows: Int, steps: Int,
        sequence: (values: UnsafeMutablePointer<Float>, layout: Layout)?
    ) -> [Float] {
        let stepsAtOnce = rows == 1 ? max(1, min(steps, Self.stepsPerProduct)) : 1
        let units = cell.units
        let gateCount = rows * cell.gateWidth
        var hidden = [Float](repeating: 0, count: rows * units)
        var memory = [Float](repeating: 0, count: rows * cell.memoryWidth)
        var gates = [Float](repeating: 0, count: stepsAtOnce * gateCount)
        hidden.withUnsafeMutableBufferPointer { hidden in
            memory.withUnsafeMutableBufferPointer { memory in
                gates.withUnsafeMutableBufferPointer { gates in
                    guard let hidden = hidden.baseAddress, let memory = memory.baseAddress, let gates = gates.baseAddress
                    else { return }
                    for first in stride(from: 0, to: steps, by: stepsAtOnce) {
                        let count = min(stepsAtOnce, steps - first)
                        sumInputs(
                            source + first * layout.timeStride, stride: rows == 1 ? layout.timeStride : layout.rowStride,
                            vectors: rows * count, into: gates)
                        for step in first ..< first + count {
                            cell.advance(hidden, gates: gates + (step - first) * gateCount, memory: memory, rows: rows)
                            guard let sequence else { continue }
                            for row in 0 ..< rows {
                                (sequence.values + row * sequence.layout.rowStride + step * sequence.layout.timeStride)
                                    .update(from: hidden + row * units, count: units)
                            }
                        }
                    }
                }
            }
        }
        return hidden
    }

    /// `gates = bias + x · kernel` for vectors `stride` apart.
    private func sumInputs(
        _ source: UnsafePointer<Float>, stride: Int, vectors: Int, into gates: UnsafeMutablePointer<Float>
    ) {
        for vector in 0 ..< vectors { cell.bias.copy(to: gates + vector * cell.gateWidth) }
        cell.kernel.accumulate(source, leftStride: stride, into: gates, rows: vectors)
    }
}

extension [Float] {
    func copy(to destination: UnsafeMutablePointer<Float>) {
        withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            destination.update(from: start, count: buffer.count)
        }
    }
}
