import TensorCore

extension LSTMLayer {
    /// Of bfloat16 numbers, summed in float32: each factor is rounded and paired just before it is needed. Weights, gates,
    /// cell states and all gradients that leave the layer stay float32.
    struct PairProducts: LSTMProducts {
        private let layer: LSTMLayer
        private let pass: LayerPass
        private let memory: Memory
        private let kernels: PairKernels
        private let places: Places

        init(layer: LSTMLayer, pass: LayerPass, memory: Memory, kernels: PairKernels) {
            self.layer = layer
            self.pass = pass
            self.memory = memory
            self.kernels = kernels
            places = Places(layer: layer, samples: pass.samples)
        }

        /// Floats behind the layer's memory.
        static func count(layer: LSTMLayer, samples: Int) -> Int { Places(layer: layer, samples: samples).count }

        private var units: Int { layer.units }
        private var features: Int { layer.features }
        private var samples: Int { pass.samples }
        private var rows: Int { layer.steps * samples }
        private var inputRows: Int { layer.inputSteps * samples }
        private var samplePairs: Int { (samples + 1) / 2 }

        func projectInput() {
            kernels.pairColumns(of: MatrixView(pass.input, rows: inputRows, columns: features), into: matrix(places.input))
            kernels.pairRows(
                of: MatrixView(pass.parameters, rows: features, columns: 4 * units), into: matrix(places.kernel))
            kernels.pairRows(
                of: MatrixView(pass.parameters + layer.recurrentOffset, rows: units, columns: 4 * units),
                into: matrix(places.recurrentKernel))
            kernels.multiply(
                MatrixView(matrix(places.input)), MatrixView(matrix(places.kernel)),
                into: MutableMatrixView(memory.gates, rows: inputRows, columns: 4 * units),
                startingFrom: .bias(pass.parameters + layer.biasOffset))
        }

        func addRecurrent(_ time: Int) {
            kernels.pairColumns(
                of: MatrixView(memory.hidden(time - 1), rows: samples, columns: units), into: matrix(places.hidden))
            kernels.multiply(
                MatrixView(matrix(places.hidden)), MatrixView(matrix(places.recurrentKernel)),
                into: MutableMatrixView(memory.gates(time), rows: samples, columns: 4 * units), startingFrom: .current)
        }

        func beginBackward(_ gradient: LayerGradient) {
            kernels.pairRows(
                of: MatrixView(pass.transposes + layer.recurrentOffset, rows: 4 * units, columns: units),
                into: matrix(places.recurrentTransposed))
            (gradient.parameters + layer.biasOffset).update(repeating: 0, count: 4 * units)
            let repeatedSums = matrix(places.repeatedSums)
            repeatedSums.base.update(repeating: 0, count: repeatedSums.rows * repeatedSums.columns)
            guard gradient.input != nil else { return }
            kernels.pairRows(
                of: MatrixView(pass.transposes, rows: 4 * units, columns: features), into: matrix(places.kernelTransposed))
        }

        func backpropagate(_ time: Int, _ gradient: LayerGradient) {
            var sums = MatrixView(memory.gates(time), rows: samples, columns: 4 * units)
            if layer.inputIsRepeated {
                let repeatedSums = matrix(places.repeatedSums)
                pass.kernels.add(sums.base, count: samples * 4 * units, to: repeatedSums.base)
                // The one step that is read gets the gradients of all.
                if time == 0 { sums = MatrixView(repeatedSums) }
            }
            let isRead = time < layer.inputSteps
            kernels.pairBoth(
                sums, columnPairs: matrix(places.sums), rowPairs: sumPairs(of: time ..< time + 1),
                addingSumsTo: isRead ? gradient.parameters + layer.biasOffset : nil)
            if time > 0 {
                kernels.multiply(
                    MatrixView(matrix(places.sums)), MatrixView(matrix(places.recurrentTransposed)),
                    into: MutableMatrixView(memory.hiddenGradient, rows: samples, columns: units))
            }
            guard isRead, let inputGradient = gradient.input else { return }
            kernels.multiply(
                MatrixView(matrix(places.sums)), MatrixView(matrix(places.kernelTransposed)),
                into: MutableMatrixView(inputGradient + time * samples * features, rows: samples, columns: features))
        }

        func endBackward(_ gradient: LayerGradient) {}

        func writeKernelGradient(into gradient: UnsafeMutablePointer<Float>) {
            multiplyPairs(
                from: pass.input, columns: features, paired: places.inputPairs, steps: layer.inputSteps,
                bySumsFrom: 0, into: gradient)
        }

        func writeRecurrentGradient(into gradient: UnsafeMutablePointer<Float>) {
            multiplyPairs(
                from: memory.hidden(0), columns: units, paired: places.hiddenPairs, steps: layer.steps - 1,
                bySumsFrom: 1, into: gradient)
        }

        /// A weight matrix' gradient: `steps` of what it multiplied, transposed, by the sums' gradients from step `first` on.
        private func multiplyPairs(
            from factor: UnsafePointer<Float>, columns: Int, paired: Places.Place, steps: Int, bySumsFrom first: Int,
            into gradient: UnsafeMutablePointer<Float>
        ) {
            for time in 0 ..< steps {
                kernels.pairRows(
                    of: MatrixView(factor + time * samples * columns, rows: samples, columns: columns),
                    into: matrix(paired).rows(time * samplePairs ..< (time + 1) * samplePairs))
            }
            kernels.multiply(
                MatrixView(matrix(paired)), transposed: true, MatrixView(sumPairs(of: first ..< first + steps)),
                into: MutableMatrixView(gradient, rows: columns, columns: 4 * units))
        }

        private func matrix(_ place: Places.Place) -> MutableMatrixView {
            MutableMatrixView(memory.rest + place.offset, rows: place.rows, columns: place.columns)
        }

        /// The gradients of some steps' sums in pairs of samples. They are packed at the end of the gates: a step's pairs lie
        /// in the last rows of its own gates or in those of later steps, which are done with.
        private func sumPairs(of steps: Range<Int>) -> MutableMatrixView {
            let first = rows - (layer.steps - steps.lowerBound) * samplePairs
            return MutableMatrixView(memory.gates, rows: rows, columns: 4 * units)
                .rows(first ..< first + steps.count * samplePairs)
        }
    }
}

/// Where the factors of one shard lie. Those of the way back take the memory of the way forward.
private struct Places {
    let input, kernel, recurrentKernel, hidden: Place
    let kernelTransposed, recurrentTransposed, sums, inputPairs, hiddenPairs, repeatedSums: Place
    let count: Int

    init(layer: LSTMLayer, samples: Int) {
        let (units, features) = (layer.units, layer.features)
        let samplePairs = (samples + 1) / 2
        var forward = BlockLayout(), backward = BlockLayout()
        input = Place(rows: layer.inputSteps * samples, columns: (features + 1) / 2, in: &forward)
        kernel = Place(rows: (features + 1) / 2, columns: 4 * units, in: &forward)
        recurrentKernel = Place(rows: (units + 1) / 2, columns: 4 * units, in: &forward)
        hidden = Place(rows: samples, columns: (units + 1) / 2, in: &forward)
        kernelTransposed = Place(rows: 2 * units, columns: features, in: &backward)
        recurrentTransposed = Place(rows: 2 * units, columns: units, in: &backward)
        sums = Place(rows: samples, columns: 2 * units, in: &backward)
        inputPairs = Place(rows: layer.inputSteps * samplePairs, columns: features, in: &backward)
        hiddenPairs = Place(rows: (layer.steps - 1) * samplePairs, columns: units, in: &backward)
        repeatedSums = Place(rows: layer.inputIsRepeated ? samples : 0, columns: 4 * units, in: &backward)
        count = max(forward.count, backward.count)
    }

    struct Place {
        let offset: Int
        let rows: Int
        let columns: Int

        init(rows: Int, columns: Int, in layout: inout BlockLayout) {
            offset = layout.reserve(rows * columns)
            (self.rows, self.columns) = (rows, columns)
        }
    }
}
