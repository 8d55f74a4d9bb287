//  ModelGraph owns the neutral description of a trained model: a small graph of layers with their tensors, inputs, outputs and
//  metadata. Trainers make it, exporters write it, the evaluator reads it back. It must import nothing: no layer class, no
//  file format, no BLAS.

/// Dense row-major float32 values with a shape. A scalar has the shape `[]`.
public struct Tensor: Sendable, Equatable {
    public let shape: [Int]
    public var values: [Float]

    /// - Precondition: `values.count` equals the product of `shape`; data from outside must be checked before.
    public init(shape: [Int], values: [Float]) {
        precondition(shape.reduce(1, *) == values.count, "a tensor of shape \(shape) cannot hold \(values.count) values")
        self.shape = shape
        self.values = values
    }

    public init(_ values: [Float]) { self.init(shape: [values.count], values: values) }

    public init(scalar: Float) { self.init(shape: [], values: [scalar]) }

    public init(repeating value: Float, shape: [Int]) {
        self.init(shape: shape, values: Array(repeating: value, count: shape.reduce(1, *)))
    }
}
