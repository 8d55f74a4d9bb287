import Dispatch
import Foundation
import TensorCore

/// What this machine can do at best, seen through our own matrix product: the floors are counted against it.
struct MachineLimits: Contestant {
    private let threads: Int

    init(_ settings: Settings) { threads = settings.threads }

    func run() throws -> Round {
        let (copied, seconds) = Round.measure { Self.copyRate(threads: threads) }
        return Round(
            seconds: seconds,
            evidence: [
                "copy GB/s": copied / 1e9,
                "2048x2048x2048 GFLOP/s": Self.productRate(m: 2048, k: 2048, n: 2048, threads: threads),
                "2048x2048x2048 GFLOP/s, 1 thread": Self.productRate(m: 2048, k: 2048, n: 2048, threads: 1),
                // The size of a training step's products, which run in our own kernel and stay in the cache.
                "256x128x512 GFLOP/s": Self.productRate(m: 256, k: 128, n: 512, threads: threads),
                "256x128x512 GFLOP/s, 1 thread": Self.productRate(m: 256, k: 128, n: 512, threads: 1),
            ])
    }

    /// Operations per second, in units of 10⁹, when every thread makes products of its own; the best of five. Small products
    /// are repeated so that the clock and the threads' start do not count.
    private static func productRate(m: Int, k: Int, n: Int, threads: Int) -> Double {
        let repetitions = max(1, 1 << 35 / (m * k * n))
        let blocks = (0 ..< threads).map { _ in
            (
                a: FloatBlock([Float](repeating: 0.5, count: m * k)), b: FloatBlock([Float](repeating: 0.25, count: k * n)),
                c: FloatBlock(count: m * n)
            )
        }
        let best = (0 ..< 5).map { _ in
            Round.measure {
                DispatchQueue.concurrentPerform(iterations: threads) { thread in
                    let (a, b, c) = blocks[thread]
                    for _ in 0 ..< repetitions {
                        Kernels.best.multiply(
                            MatrixView(a.base, rows: m, columns: k), MatrixView(b.base, rows: k, columns: n),
                            into: MutableMatrixView(c.base, rows: m, columns: n))
                    }
                }
            }.seconds
        }.min() ?? .infinity
        return 2 * Double(m * k * n * repetitions * threads) / best / 1e9
    }

    /// Bytes read and written per second when every thread copies a block far larger than the caches.
    private static func copyRate(threads: Int) -> Double {
        let count = 64 << 20
        let blocks = (0 ..< threads).map { _ in (from: FloatBlock(count: count), to: FloatBlock(count: count)) }
        let best = (0 ..< 5).map { _ in
            Round.measure {
                DispatchQueue.concurrentPerform(iterations: threads) { thread in
                    memcpy(blocks[thread].to.base, blocks[thread].from.base, count * MemoryLayout<Float>.stride)
                }
            }.seconds
        }.min() ?? .infinity
        return 2 * Double(count * MemoryLayout<Float>.stride * threads) / best
    }
}
