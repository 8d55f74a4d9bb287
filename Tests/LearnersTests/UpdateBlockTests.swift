import ModelGraph
import Randomness
import Testing

@testable import Learners

@Suite struct UpdateBlockTests {
    private static let networks: [SequentialNetwork] = [
        SequentialNetwork(
            input: .window(length: 3, features: 22),
            layers: [.lstm(units: 128, returnSequences: true), .lstm(units: 64), .dense(units: 1)]),
        SequentialNetwork(
            input: .row(features: 18),
            layers: [.dense(units: 128, activation: .relu), .batchNormalization(), .dense(units: 37), .dense(units: 3)]),
        // Rows that are no multiple of sixteen, in several blocks.
        SequentialNetwork(
            input: .window(length: 2, features: 3), layers: [.lstm(units: 37, returnSequences: true), .lstm(units: 44)]),
        SequentialNetwork(input: .row(features: 3), layers: [.dense(units: 10_000), .dense(units: 1)]),
    ]

    @Test("blocks hold every parameter once, in the parameters' order", arguments: networks)
    func partition(_ network: SequentialNetwork) throws {
        let compiled = try CompiledNetwork(network)
        let held = UpdateBlock.blocks(of: compiled).flatMap { Array($0.range) }
        let all = zip(compiled.parameters.offsets, compiled.parameters.sizes).flatMap { Array($0 ..< $0 + $1) }
        #expect(held == all)
    }

    @Test("blocks are small unless sixteen rows of a matrix, or a vector, are larger", arguments: networks)
    func sizes(_ network: SequentialNetwork) throws {
        let compiled = try CompiledNetwork(network)
        let largest = zip(compiled.layers, compiled.parameters.offsets).flatMap { layer, offset in
            var first = offset
            return layer.variables.map { variable in
                defer { first += variable.count }
                // Sixteen rows are what is transposed at once.
                let unit = variable.shape.count == 1 ? variable.count : 16 * variable.count / variable.shape[0]
                return (range: first ..< first + variable.count, size: max(4096, unit))
            }
        }
        for block in UpdateBlock.blocks(of: compiled) {
            let allowed = largest.filter { $0.range.overlaps(block.range) }.map(\.size).max()
            #expect(try block.range.count <= #require(allowed))
        }
    }

    @Test("matrices whose transpose the backward pass reads are transposed whole, and no others", arguments: networks)
    func transposes(_ network: SequentialNetwork) throws {
        let compiled = try CompiledNetwork(network)
        var rows: [Int: [Int]] = [:]
        for part in UpdateBlock.blocks(of: compiled).flatMap(\.transposes) { rows[part.offset, default: []] += part.part }
        var expected: [Int: [Int]] = [:]
        for (index, layer) in compiled.layers.enumerated() {
            var offset = compiled.parameters.offsets[index]
            for variable in layer.variables {
                let isInput = variable.name == "kernel" && index > 0, isRecurrent = variable.name == "recurrent_kernel"
                if layer is LSTMLayer, isInput || isRecurrent { expected[offset] = Array(0 ..< variable.shape[0]) }
                offset += variable.count
            }
        }
        #expect(rows == expected)
    }
}
