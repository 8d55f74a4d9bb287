import ModelGraph

extension KerasSkeleton {
    func requireUniqueNames() throws(ArtifactError) {
        var seen = Set(inputs.map(\.name))
        for entry in entries {
            guard seen.insert(entry.name).inserted else {
                throw entry.object.error(.malformed, "the name \(entry.name) is taken by an earlier layer")
            }
        }
    }

    /// The layers, each after those that it reads, and otherwise in the file's order.
    func sorted() throws(ArtifactError) -> [Entry] {
        let numbers = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
        var sorted: [Entry] = []
        var begun = [Bool](repeating: false, count: entries.count)
        var finished = Set(inputs.map(\.name))
        // A depth-first search with a stack of its own, because a file may chain thousands of layers.
        for start in entries.indices where !begun[start] {
            begun[start] = true
            var stack = [(entry: start, nextSource: 0)]
            while let (number, next) = stack.last {
                let entry = entries[number]
                guard next < entry.sources.count else {
                    stack.removeLast()
                    finished.insert(entry.name)
                    sorted.append(entry)
                    continue
                }
                stack[stack.count - 1].nextSource += 1
                let source = entry.sources[next]
                if finished.contains(source) { continue }
                guard let sourceNumber = numbers[source], !begun[sourceNumber] else {
                    throw entry.object.error(
                        .malformed, "the layer \(entry.name) reads \(source), which is missing or depends on it")
                }
                begun[sourceNumber] = true
                stack.append((sourceNumber, 0))
            }
        }
        return sorted
    }
}
