import ModelGraph
import TensorCore

/// A layer of a compiled network: it knows its shapes and its arithmetic, and owns no memory and no numbers.
///
/// Activations are time-major, `[time, sample, feature]`, so that a time step of all samples is one matrix; plain rows are
/// one step. A batch is cut in shards; each call works on one shard, and calls for different shards may run at the same
/// time.
protocol Layer: Sendable {
    var inputShape: SampleShape { get }
    var outputShape: SampleShape { get }
    /// Trained tensors in Keras' order, laid out one after the other in the layer's parameters.
    var variables: [Variable] { get }
    /// Tensors that training changes without a gradient (moving statistics), laid out likewise.
    var statistics: [Variable] { get }
    /// Whether a sample's result in training depends on the other samples, so that the batch must not be cut.
    var couplesSamples: Bool { get }
    /// Floats that a shard of `samples` keeps between forward and backward.
    func scratchCount(samples: Int) -> Int

    func forward(_ pass: LayerPass)
    /// Writes `gradients` and, unless it is nil, `inputGradient`; may overwrite `outputGradient`.
    func backward(_ pass: LayerPass, _ gradient: LayerGradient)
    /// The description of the layer with these numbers, tensors in the order of `variables` and `statistics`.
    func operation(variables: [Tensor], statistics: [Tensor]) -> LayerOperation
}

extension Layer {
    var variables: [Variable] { [] }
    var statistics: [Variable] { [] }
    var couplesSamples: Bool { false }
    func scratchCount(samples: Int) -> Int { 0 }

    var parameterCount: Int { variables.reduce(0) { $0 + $1.count } }
    var statisticsCount: Int { statistics.reduce(0) { $0 + $1.count } }
}

extension SampleShape {
    /// From `[time, sample, feature]` to `[sample, time, feature]`.
    func copyToSampleMajor(_ source: UnsafePointer<Float>, samples: Int, to result: UnsafeMutablePointer<Float>) {
        for time in 0 ..< steps {
            for sample in 0 ..< samples {
                (result + (sample * steps + time) * features)
                    .update(from: source + (time * samples + sample) * features, count: features)
            }
        }
    }
}

/// A tensor of a layer: its name in Keras, its shape and how it starts.
struct Variable: Sendable, Equatable {
    var name: String
    var shape: [Int]
    var initializer: Initializer
    var transpose = TransposeUse.never

    /// When the backward pass reads a matrix's transpose, which each step then computes once for all shards.
    enum TransposeUse: Sendable {
        case never, forInputGradient, always
    }

    var count: Int { shape.reduce(1, *) }
}

/// What a layer works with for one shard of one step.
struct LayerPass {
    let kernels: Kernels
    /// Samples in the shard, at least one and at most what the scratch memory was sized for.
    let samples: Int
    /// `[time, sample, feature]` of the layer's input and output shape.
    let input: UnsafePointer<Float>
    let output: UnsafeMutablePointer<Float>
    let parameters: UnsafePointer<Float>
    let statistics: UnsafeMutablePointer<Float>
    /// Laid out like the parameters: in the place of a variable its transpose, if the variable asks for it.
    let transposes: UnsafePointer<Float>
    let scratch: UnsafeMutablePointer<Float>
    /// The random numbers of this layer, shard and step; nil outside training.
    let training: DropoutStream?
}

/// Where the gradients of one shard are and go, shaped like what they belong to.
struct LayerGradient {
    let output: UnsafeMutablePointer<Float>
    /// Nil when nothing below learns.
    let input: UnsafeMutablePointer<Float>?
    let parameters: UnsafeMutablePointer<Float>
}
