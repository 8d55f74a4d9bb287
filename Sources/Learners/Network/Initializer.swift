import Foundation
import Randomness

/// How a weight matrix starts, as in Keras.
public enum Initializer: String, Sendable, Codable {
    /// Uniform in ±√(6 / (fan in + fan out)) (Glorot, Bengio 2010).
    case glorotUniform
    /// Uniform in ±√(6 / fan in) (He et al. 2015).
    case heUniform
    /// Rows (or columns, if there are fewer of them) orthonormal (Saxe, McClelland, Ganguli 2014).
    case orthogonal
    case zeros
    case ones
    /// LSTM bias `[4U]`: zero, and one for the forget gate (Jozefowicz, Zaremba, Sutskever 2015).
    case unitForget

    /// The first values of a tensor of `shape`: `[count]` or `[inputs, outputs]`.
    func values(shape: [Int], from stream: RandomStream) -> [Float] {
        let count = shape.reduce(1, *)
        switch self {
        case .zeros: return Array(repeating: 0, count: count)
        case .ones: return Array(repeating: 1, count: count)
        case .unitForget:
            let units = count / 4
            return (0 ..< count).map { units ..< 2 * units ~= $0 ? 1 : 0 }
        case .glorotUniform:
            return Self.uniform(
                limit: (6 / Double(shape[0] + shape[shape.count - 1])).squareRoot(), count: count, from: stream)
        case .heUniform:
            return Self.uniform(limit: (6 / Double(shape[0])).squareRoot(), count: count, from: stream)
        case .orthogonal:
            return Self.orthogonal(rows: shape[0], columns: shape[1], from: stream)
        }
    }

    private static func uniform(limit: Double, count: Int, from stream: RandomStream) -> [Float] {
        var stream = stream
        return (0 ..< count).map { _ in Float(stream.uniform(-limit, limit)) }
    }

    /// Gram–Schmidt on normal vectors, each step taken twice for accuracy; its R has a positive diagonal, as Keras makes its
    /// QR's, so the result is uniform over the orthogonal matrices.
    private static func orthogonal(rows: Int, columns: Int, from stream: RandomStream) -> [Float] {
        var stream = stream
        let (count, length) = (min(rows, columns), max(rows, columns))
        var vectors: [[Double]] = []
        for _ in 0 ..< count {
            var vector = (0 ..< length).map { _ in stream.normal() }
            for _ in 0 ..< 2 {
                for other in vectors {
                    let projection = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                    for i in vector.indices { vector[i] -= projection * other[i] }
                }
            }
            let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            vectors.append(vector.map { $0 / norm })
        }
        return (0 ..< rows * columns).map { index in
            let (row, column) = (index / columns, index % columns)
            return Float(rows <= columns ? vectors[row][column] : vectors[column][row])
        }
    }
}
