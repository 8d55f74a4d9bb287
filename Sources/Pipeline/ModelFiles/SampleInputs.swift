import ModelGraph
import Randomness

/// Random inputs for a model, the same each time.
enum SampleInputs {
    /// `rows` samples of every input, `[rows] + shape` each, standard normal values.
    static func make(for graph: ModelGraph, rows: Int) -> [String: Tensor] {
        let stream = RandomStream(seed: 0).child("sample inputs")
        return Dictionary(uniqueKeysWithValues: graph.inputs.map { input in
            var values = stream.child(input.name)
            let shape = [rows] + input.shape
            let count = shape.reduce(1, *)
            return (input.name, Tensor(shape: shape, values: (0 ..< count).map { _ in Float(values.normal()) }))
        })
    }
}
