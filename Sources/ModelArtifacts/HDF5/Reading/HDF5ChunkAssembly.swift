/// Puts the values of a chunked data set together.
struct HDF5ChunkAssembly {
    let shape: [Int]
    let elementBytes: Int
    let path: String

    func bytes(of chunks: HDF5Chunks) throws(ArtifactError) -> [UInt8] {
        let count = shape.reduce(1, *)
        var result = [UInt8](repeating: 0, count: count * elementBytes)
        if chunks.fill.contains(where: { $0 != 0 }) {
            for place in result.indices { result[place] = chunks.fill[place % elementBytes] }
        }
        let chunkBytes = chunks.shape.reduce(1, *) * elementBytes
        for chunk in chunks.stored {
            let content = try HDF5Filter.decode(
                chunk.stored, through: chunks.filters(skipping: chunk.skippedFilters), count: chunkBytes, of: path)
            copy(content, of: chunk, chunks.shape, to: &result)
        }
        return result
    }

    /// Copies the part of a chunk that lies inside the data set, row by row of its last axis.
    private func copy(_ content: [UInt8], of chunk: HDF5Chunks.Chunk, _ chunkShape: [Int], to result: inout [UInt8]) {
        let grid = zip(shape, chunkShape).map { ($0 + $1 - 1) / $1 }
        let begin = zip(HDF5ChunkIndex.coordinates(UInt64(chunk.index), lengths: grid), chunkShape).map { Int($0) * $1 }
        let extent = zip(zip(shape, begin), chunkShape).map { min($0.0 - $0.1, $1) }
        let last = shape.count - 1
        let rowBytes = extent[last] * elementBytes
        for row in 0 ..< extent[..<last].reduce(1, *) {
            // Where this row lies, in values, in the chunk and in the data set.
            var rest = row, source = 0, target = begin[last], sourceStride = chunkShape[last], targetStride = shape[last]
            for axis in (0 ..< last).reversed() {
                let place = rest % extent[axis]
                rest /= extent[axis]
                source += place * sourceStride
                target += (begin[axis] + place) * targetStride
                sourceStride *= chunkShape[axis]
                targetStride *= shape[axis]
            }
            let bytes = content[source * elementBytes ..< source * elementBytes + rowBytes]
            result.replaceSubrange(target * elementBytes ..< target * elementBytes + rowBytes, with: bytes)
        }
    }
}
