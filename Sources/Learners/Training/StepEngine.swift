import TensorCore

/// Runs a network over batches: forward, loss, backward and the optimiser's step, with all memory allocated up front.
///
/// A batch is cut into a fixed number of shards. Losses and gradients are added in the order of the shards. Threads only
/// decide who computes a shard, in a workspace of their own, and who a late gradient, so any number of them gives the same
/// bits.
///
/// Unchecked sendable: one caller at a time starts work; inside, threads write to different workspaces, and to the losses and
/// gradients of different shards, to different late gradients or to different blocks only.
final class StepEngine: @unchecked Sendable {
    let network: CompiledNetwork
    let kernels: Kernels
    let parameters: FloatBlock
    let statistics: FloatBlock
    /// Laid out like the parameters.
    private let transposes: FloatBlock
    private let blocks: [UpdateBlock]
    /// One for each thread.
    private var workspaces: [Workspace] = []
    /// One for each shard, laid out like the parameters.
    private let gradients: [FloatBlock]
    private let shardSize: Int
    private let shardLosses: UnsafeMutableBufferPointer<Double>
    /// Where `gradients` are.
    private let shardGradients: UnsafeMutableBufferPointer<UnsafePointer<Float>?>
    private var crew: WorkerCrew?
    /// What the threads are doing at the moment.
    private var work = Work.idle

    private enum Work {
        case idle
        case pass(UnsafeBufferPointer<Int32>, Workspace.Step, Purpose)
        case addGradients(shards: Int)
        case update(Update, Kernels.Gradient)
    }

    private enum Purpose {
        case loss
        case lossAndGradients
        case outputs(UnsafeMutablePointer<Float>)
    }

    /// One step of an optimiser.
    struct Update {
        let memory: OptimiserMemory
        let stepSize: Float
        /// Gradients whose norm over all parameters is larger are scaled down to it.
        let largestNorm: Float?
    }

    /// - Parameters:
    ///   - batchSize: the most samples that a call will be given.
    ///   - threads: how many may work at once, asked at every call; small steps use one whatever is allowed.
    init(_ network: CompiledNetwork, loss: Loss, batchSize: Int, threads: ThreadBudget, kernels: Kernels = .best) {
        self.network = network
        self.kernels = kernels
        parameters = FloatBlock(count: network.parameters.total)
        statistics = FloatBlock(count: network.statistics.total)
        transposes = FloatBlock(count: network.parameters.total)
        blocks = UpdateBlock.blocks(of: network)
        let shardCount = Self.shardCount(network, batchSize: batchSize)
        let size = (batchSize + shardCount - 1) / shardCount
        shardSize = size
        gradients = (0 ..< shardCount).map { _ in FloatBlock(count: network.parameters.total) }
        shardLosses = .allocate(capacity: shardCount)
        shardGradients = .allocate(capacity: shardCount)
        for (number, gradient) in gradients.enumerated() { shardGradients[number] = UnsafePointer(gradient.base) }
        let shared = Workspace.Shared(
            network: network, loss: loss, kernels: kernels, parameters: parameters, statistics: statistics,
            transposes: transposes)
        workspaces = [Workspace(sharing: shared, capacity: size)]
        let isSmall = network.multiplyAddsPerSample * batchSize < Self.leastWorkToShare
        crew = WorkerCrew(
            threads: threads, atMost: isSmall ? 1 : shardCount,
            prepare: { [unowned self] threads in
                while workspaces.count < threads { workspaces.append(Workspace(sharing: shared, capacity: size)) }
            }, work: { [unowned self] in perform(part: $0, thread: $1) },
            piece: { [unowned self] in workspaces[$1].writeLateGradient($0) })
    }

    deinit {
        shardLosses.deallocate()
        shardGradients.deallocate()
    }

    private func shardCount(samples: Int) -> Int { (samples + shardSize - 1) / shardSize }

    /// At least 16 samples each, so that matrix products stay efficient; at most 8. It must never depend on the machine.
    private static func shardCount(_ network: CompiledNetwork, batchSize: Int) -> Int {
        let isWhole =
            network.layers.contains(where: \.couplesSamples)
            || network.multiplyAddsPerSample * batchSize < leastWorkToCut
        return isWhole ? 1 : min(8, max(1, batchSize / 16))
    }

    /// Forward multiply-adds of a batch below which the calls for several shards take longer than their arithmetic.
    private static let leastWorkToCut = 100_000

    /// Forward multiply-adds of a batch below which handing a shard to another thread costs more than it saves.
    private static let leastWorkToShare = 200_000

    /// The mean loss of a batch outside training.
    func loss(of samples: UnsafeBufferPointer<Int32>, in store: SampleStore) -> Double {
        run(samples, in: store, dropout: nil, .loss)
    }

    /// The mean loss of a batch in training; each shard then holds its part of the gradient.
    func lossAndGradients(of samples: UnsafeBufferPointer<Int32>, in store: SampleStore, dropout: DropoutKeys) -> Double {
        run(samples, in: store, dropout: dropout, .lossAndGradients)
    }

    /// Outputs outside training, `[sample, time, feature]`.
    func outputs(
        of samples: UnsafeBufferPointer<Int32>, in store: SampleStore, into outputs: UnsafeMutablePointer<Float>
    ) {
        _ = run(samples, in: store, dropout: nil, .outputs(outputs))
    }

    /// Adds the gradients of the last batch, of `samples` samples, and changes the parameters by one step.
    func update(_ update: Update, samples: Int) {
        if let largestNorm = update.largestNorm {
            let gradient = addGradients(samples: samples)
            let norm = Float(kernels.sumOfSquares(gradient.base, count: gradient.count).squareRoot())
            work = .update(update, gradientOfShards(1, scale: largestNorm / max(norm, largestNorm)))
        } else {
            work = .update(update, gradientOfShards(shardCount(samples: samples), scale: 1))
        }
        crew?.perform(parts: blocks.count)
    }

    /// Leaves the gradient of the last batch, of `samples` samples, in the result, laid out like the parameters.
    @discardableResult
    func addGradients(samples: Int) -> FloatBlock {
        work = .addGradients(shards: shardCount(samples: samples))
        crew?.perform(parts: blocks.count)
        return gradients[0]
    }

    private func gradientOfShards(_ count: Int, scale: Float) -> Kernels.Gradient {
        Kernels.Gradient(parts: UnsafeBufferPointer(rebasing: shardGradients[..<count]), scale: scale)
    }

    /// To be called after the parameters were changed from outside.
    func prepare() {
        for block in blocks { transpose(block) }
    }

    private func run(
        _ samples: UnsafeBufferPointer<Int32>, in store: SampleStore, dropout: DropoutKeys?, _ purpose: Purpose
    ) -> Double {
        work = .pass(samples, Workspace.Step(store: store, batchCount: samples.count, dropout: dropout), purpose)
        let parts = shardCount(samples: samples.count)
        precondition(parts <= gradients.count, "a batch of \(samples.count) is larger than the engine was made for")
        crew?.perform(parts: parts)
        work = .idle
        return shardLosses[..<parts].reduce(0, +) / Double(samples.count)
    }

    private func perform(part: Int, thread: Int) {
        switch work {
        case .idle: break
        case .pass(let samples, let step, let purpose): pass(shard: part, of: samples, step, purpose, thread: thread)
        case .addGradients(let shards): addGradients(blocks[part], shards: shards)
        case .update(let update, let gradient): self.update(blocks[part], update, with: gradient)
        }
    }

    private func pass(
        shard number: Int, of batch: UnsafeBufferPointer<Int32>, _ step: Workspace.Step, _ purpose: Purpose,
        thread: Int
    ) {
        let workspace = workspaces[thread]
        let first = number * shardSize
        let samples = UnsafeBufferPointer(rebasing: batch[first ..< min(first + shardSize, batch.count)])
        let shard = Workspace.Shard(number: number, samples: samples, parameterGradients: gradients[number].base)
        let output = workspace.forward(shard, step)
        shardLosses[number] = 0
        switch purpose {
        case .loss:
            shardLosses[number] = workspace.loss(shard, step)
        case .lossAndGradients:
            shardLosses[number] = workspace.loss(shard, step)
            workspace.backward(shard, step)
            crew?.share(pieces: network.lateGradients.count, of: thread)
        case .outputs(let outputs):
            let shape = network.outputShape
            shape.copyToSampleMajor(output, samples: samples.count, to: outputs + first * shape.count)
        }
    }

    private func addGradients(_ block: UpdateBlock, shards count: Int) {
        let (offset, size) = (block.range.lowerBound, block.range.count)
        let sum = gradients[0].base + offset
        for gradient in gradients[1 ..< max(count, 1)] { kernels.add(gradient.base + offset, count: size, to: sum) }
    }

    private func update(_ block: UpdateBlock, _ update: Update, with gradient: Kernels.Gradient) {
        update.memory.update(
            parameters.base, with: gradient, range: block.range, stepSize: update.stepSize, kernels: kernels)
        transpose(block)
    }

    /// Bounds: a matrix and its transpose lie in the same place of two equally long blocks, and `part` inside the rows.
    private func transpose(_ block: UpdateBlock) {
        for matrix in block.transposes {
            let first = matrix.part.lowerBound
            kernels.transpose(
                MatrixView(
                    parameters.base + matrix.offset + first * matrix.columns, rows: matrix.part.count,
                    columns: matrix.columns),
                into: MutableMatrixView(
                    transposes.base + matrix.offset + first, rows: matrix.columns, columns: matrix.part.count,
                    stride: matrix.rows))
        }
    }
}
