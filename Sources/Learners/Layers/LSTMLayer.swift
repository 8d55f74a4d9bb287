import ModelGraph
import TensorCore

/// Long short-term memory over all steps of the window, trained by backpropagation through all of them.
///
/// `[B, T, F]` → `[B, T, U]` or the last step's `[B, U]`. Parameters as in Keras: kernel `[F, 4U]`, recurrent kernel `[U,
/// 4U]`, bias `[4U]`, gates in the order input, forget, candidate, output. The state before the first step is zero, so its
/// products are left out.
struct LSTMLayer: Layer {
    let inputShape: SampleShape
    let units: Int
    let returnSequences: Bool
    /// Whether all steps of the input are the same row, below a `RepeatVectorLayer`. Only the first step is read then, and
    /// the first step's input gradient is the sum over all of them.
    let inputIsRepeated: Bool
    /// For products of bfloat16 numbers instead of float32.
    let pairKernels: PairKernels?

    var features: Int { inputShape.features }
    var steps: Int { inputShape.steps }
    /// Steps of the input that are read, and whose gradients are written.
    var inputSteps: Int { inputIsRepeated ? 1 : steps }

    /// Where the recurrent kernel and the bias begin in the parameters.
    var recurrentOffset: Int { 4 * units * features }
    var biasOffset: Int { 4 * units * (features + units) }

    var outputShape: SampleShape { SampleShape(time: returnSequences ? steps : nil, features: units) }

    var variables: [Variable] {
        [
            Variable(
                name: "kernel", shape: [features, 4 * units], initializer: .glorotUniform, transpose: .forInputGradient),
            Variable(
                name: "recurrent_kernel", shape: [units, 4 * units], initializer: .orthogonal, transpose: .always),
            Variable(name: "bias", shape: [4 * units], initializer: .unitForget),
        ]
    }

    func scratchCount(samples: Int) -> Int {
        Memory.count(layer: self, samples: samples)
            + (pairKernels == nil ? 0 : PairProducts.count(layer: self, samples: samples))
    }

    func forward(_ pass: LayerPass) {
        let memory = Memory(layer: self, pass: pass)
        if let pairKernels {
            forward(pass, memory, PairProducts(layer: self, pass: pass, memory: memory, kernels: pairKernels))
        } else {
            forward(pass, memory, FloatProducts(layer: self, pass: pass, memory: memory))
        }
    }

    func backward(_ pass: LayerPass, _ gradient: LayerGradient) {
        let memory = Memory(layer: self, pass: pass)
        if let pairKernels {
            backward(pass, gradient, memory, PairProducts(layer: self, pass: pass, memory: memory, kernels: pairKernels))
        } else {
            backward(pass, gradient, memory, FloatProducts(layer: self, pass: pass, memory: memory))
        }
    }

    var lateGradients: [LateGradient] {
        [
            LateGradient(variable: 0, work: inputSteps * features * 4 * units),
            LateGradient(variable: 1, work: (steps - 1) * units * 4 * units),
        ]
    }

    func writeLateGradient(ofVariable number: Int, _ pass: LayerPass, into gradients: UnsafeMutablePointer<Float>) {
        let memory = Memory(layer: self, pass: pass)
        if let pairKernels {
            let products = PairProducts(layer: self, pass: pass, memory: memory, kernels: pairKernels)
            writeLateGradient(ofVariable: number, products, into: gradients)
        } else {
            writeLateGradient(
                ofVariable: number, FloatProducts(layer: self, pass: pass, memory: memory), into: gradients)
        }
    }

    private func writeLateGradient(
        ofVariable number: Int, _ products: some LSTMProducts, into gradients: UnsafeMutablePointer<Float>
    ) {
        if number == 0 {
            products.writeKernelGradient(into: gradients)
        } else {
            products.writeRecurrentGradient(into: gradients + recurrentOffset)
        }
    }

    private func forward(_ pass: LayerPass, _ memory: Memory, _ products: some LSTMProducts) {
        products.projectInput()
        if inputIsRepeated {
            for time in 1 ..< steps { memory.gates(time).update(from: memory.gates, count: 4 * pass.samples * units) }
        }
        for time in 0 ..< steps {
            if time > 0 { products.addRecurrent(time) }
            pass.kernels.lstmForward(memory.step(time), hidden: memory.hidden(time))
        }
        if !returnSequences { pass.output.update(from: memory.hidden(steps - 1), count: pass.samples * units) }
    }

    private func backward(
        _ pass: LayerPass, _ gradient: LayerGradient, _ memory: Memory, _ products: some LSTMProducts
    ) {
        products.beginBackward(gradient)
        memory.cellGradient.update(repeating: 0, count: pass.samples * units)
        for time in (0 ..< steps).reversed() {
            let isLast = time == steps - 1
            let above: UnsafePointer<Float>? =
                returnSequences
                ? UnsafePointer(gradient.output + time * pass.samples * units)
                : isLast ? UnsafePointer(gradient.output) : nil
            pass.kernels.lstmBackward(
                memory.step(time), outputGradient: above,
                nextHiddenGradient: isLast ? nil : UnsafePointer(memory.hiddenGradient),
                cellGradient: memory.cellGradient)
            products.backpropagate(time, gradient)
        }
        products.endBackward(gradient)
    }

    func operation(variables: [Tensor], statistics: [Tensor]) -> LayerOperation {
        .lstm(
            LSTMParameters(
                kernel: variables[0], recurrentKernel: variables[1], bias: variables[2], returnSequences: returnSequences))
    }
}

extension LSTMLayer {
    /// The layer's memory for one shard, time-major.
    struct Memory {
        let samples: Int
        let units: Int
        /// `[T, B, 4U]`: weighted sums, then gate activations, then gradients of the sums.
        let gates: UnsafeMutablePointer<Float>
        /// `[T, B, U]` each.
        let cells: UnsafeMutablePointer<Float>
        let cellTanhs: UnsafeMutablePointer<Float>
        let hiddens: UnsafeMutablePointer<Float>
        /// `[B, U]` each.
        let cellGradient: UnsafeMutablePointer<Float>
        let hiddenGradient: UnsafeMutablePointer<Float>
        /// What lies behind all this.
        let rest: UnsafeMutablePointer<Float>

        static func count(layer: LSTMLayer, samples: Int) -> Int {
            let state = samples * layer.units
            return layer.steps * state * (layer.returnSequences ? 6 : 7) + 2 * state
        }

        init(layer: LSTMLayer, pass: LayerPass) {
            samples = pass.samples
            units = layer.units
            let state = samples * units
            gates = pass.scratch
            cells = gates + 4 * layer.steps * state
            cellTanhs = cells + layer.steps * state
            cellGradient = cellTanhs + layer.steps * state
            hiddenGradient = cellGradient + state
            // All hidden states are the output, or else kept here.
            hiddens = layer.returnSequences ? pass.output : hiddenGradient + state
            rest = pass.scratch + Self.count(layer: layer, samples: pass.samples)
        }

        func gates(_ time: Int) -> UnsafeMutablePointer<Float> { gates + time * samples * 4 * units }
        func hidden(_ time: Int) -> UnsafeMutablePointer<Float> { hiddens + time * samples * units }

        func step(_ time: Int) -> Kernels.LSTMStep {
            let at = time * samples * units
            return Kernels.LSTMStep(
                rows: samples, units: units, gates: gates(time),
                previousCell: time == 0 ? nil : UnsafePointer(cells + at - samples * units), cell: cells + at,
                cellTanh: cellTanhs + at)
        }
    }
}
