/// Some of a layer's parameters, which one thread at a time updates: whole rows of matrices, vectors whole.
///
/// Blocks are about equally large, so that threads end together, and small enough to stay in the nearest caches from the
/// sum of the shards' gradients to the transposes.
struct UpdateBlock: Sendable {
    /// In the block of all parameters.
    private(set) var range: Range<Int>
    /// What of it is also kept transposed.
    private(set) var transposes: [Transpose]

    /// Rows of a matrix `[rows, columns]` that begins at `offset`.
    struct Transpose: Sendable, Equatable {
        let offset: Int
        let rows: Int
        let columns: Int
        let part: Range<Int>
    }

    /// Floats that a block does not exceed, unless sixteen rows, or a vector, already do.
    private static let size = 4096

    /// All parameters of the network.
    static func blocks(of network: CompiledNetwork) -> [UpdateBlock] {
        network.layers.indices.flatMap { index in
            let layer = network.layers[index]
            var blocks: [UpdateBlock] = []
            var offset = network.parameters.offsets[index]
            for variable in layer.variables {
                for rows in stretches(of: variable) {
                    let block = UpdateBlock(
                        rows, of: variable, at: offset, isInputLearned: network.needsInputGradient[index])
                    if let last = blocks.indices.last, blocks[last].range.count + block.range.count <= size {
                        blocks[last].range = blocks[last].range.lowerBound ..< block.range.upperBound
                        blocks[last].transposes += block.transposes
                    } else {
                        blocks.append(block)
                    }
                }
                offset += variable.count
            }
            return blocks
        }
    }

    private init(_ rows: Range<Int>, of variable: Variable, at offset: Int, isInputLearned: Bool) {
        let columns = variable.count / variable.shape[0]
        range = offset + rows.lowerBound * columns ..< offset + rows.upperBound * columns
        let isKept =
            switch variable.transpose {
            case .never: false
            case .forInputGradient: isInputLearned
            case .always: true
            }
        transposes = isKept ? [Transpose(offset: offset, rows: variable.shape[0], columns: columns, part: rows)] : []
    }

    /// Rows of what is transposed in multiples of 16, the transposing kernel's tile; a vector is not cut, its elements count as
    /// rows of one.
    private static func stretches(of variable: Variable) -> [Range<Int>] {
        let rows = variable.shape[0], columns = variable.count / rows
        let tile = variable.transpose == .never ? 1 : 16
        let step = variable.shape.count == 1 ? rows : max(tile, size / columns / tile * tile)
        return stride(from: 0, to: rows, by: step).map { $0 ..< min($0 + step, rows) }
    }
}
