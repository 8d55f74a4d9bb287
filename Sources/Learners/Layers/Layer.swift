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
    /// Writes `gradient.parameters` but for the late gradients and, unless it is nil, `gradient.input`; may overwrite
    /// `gradient.output`.
    func backward(_ pass: LayerPass, _ gradient: LayerGradient)
    /// Variables whose gradients nothing waits for and whose products are large enough to be computed by another thread.
    var lateGradients: [LateGradient] { get }
    /// Writes the gradient of one of them to its place in the layer's `gradients`, after `backward`, with what that and
    /// `forward` left in the layer's input, output and scratch memory; calls for different variables may run at the same time.
    func writeLateGradient(ofVariable number: Int, _ pass: LayerPass, into gradients: UnsafeMutablePointer<Float>)
    /// The description of the layer with these numbers, tensors in the order of `variables` and `statistics`.
    func operation(variables: [Tensor], statistics: [Tensor]) -> LayerOperation
}

extension Layer {
    var variables: [Variable] { [] }
    var statistics: [Variable] { [] }
    var couplesSamples: Bool { false }
    func scratchCount(samples: Int) -> Int { 0 }
    var lateGradients: [LateGradient] { [] }
    func writeLateGradient(ofVariable number: Int, _ pass: LayerPass, into gradients: UnsafeMutablePointer<Float>) {}

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

/// A gradient that the backward pass leaves for later.
struct LateGradient: Sendable, Equatable {
    /// In the layer's `variables`.
    var variable: Int
    /// Multiply-adds for each sample.
    var work: Int
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
