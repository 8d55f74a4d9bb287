import Foundation

/// Reads a pickle into inert values. Python's unpickler calls what a pickle names; this machine calls nothing: it knows a
/// handful of classes by name (`PickleClass`), keeps what they would have been called with, and refuses every other name.
///
/// Limits: memory stays below 256 times the file's size (a value takes 16 bytes, an object about 100 more, growing arrays
/// three times that, and each takes an instruction of at least one byte), and `largestFile`, `mostInstructions` and
/// `mostObjects` bound it absolutely. Nothing recurses.
struct PickleMachine {
    /// Above this size a file is not parsed; 200 trees of 256 samples take less than 10 MB.
    static let largestFile = 256 << 20
    static let mostInstructions = 1 << 23
    static let mostObjects = 1 << 21
    /// Module and class names of protocols 2 and 3 end with a line feed, which must come this soon.
    private static let longestLine = 256

    let path: String
    let bytes: [UInt8]
    private var position = 0
    /// Where the current instruction begins.
    private var start = 0
    private var stack: [PickleValue] = []
    /// Heights of the stack at which marks were set; nothing is popped through the latest.
    private var marks: [Int] = []
    private var memo: [PickleValue] = []
    private var objects: [PickleObject] = []

    /// - Throws: `ArtifactError` with the byte at which the pickle stops making sense, or names a class that is not known.
    static func run(_ data: Data, path: String) throws(ArtifactError) -> PickleDocument {
        guard data.count <= largestFile else {
            throw ArtifactError(
                .tooLarge, .read, path, "it has \(data.count) bytes, more than \(largestFile)",
                advice: "check that this is a model")
        }
        var machine = PickleMachine(path: path, bytes: [UInt8](data))
        return try machine.run()
    }

    private init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    private mutating func run() throws(ArtifactError) -> PickleDocument {
        guard bytes.count >= 2, bytes[0] == PickleOpcode.protocolVersion.rawValue, (2 ... 5).contains(bytes[1]) else {
            throw failure(
                .unsupported, "this is no pickle of protocol 2 to 5",
                advice: "write it with pickle.dump(model, file, protocol=4); compressed files are not read")
        }
        for _ in 0 ..< Self.mostInstructions {
            start = position
            let byte = UInt8(truncatingIfNeeded: try unsigned(1))
            guard let opcode = PickleOpcode(rawValue: byte) else {
                let code = String(byte, radix: 16, uppercase: true)
                throw failure(
                    .unsupported, "the instruction 0x\(code) is not one that an isolation forest needs",
                    advice: "write it with pickle.dump(model, file, protocol=4)")
            }
            if opcode == .stop { return try finish() }
            try execute(opcode)
            guard objects.count <= Self.mostObjects else {
                throw failure(
                    .tooLarge, "it holds more than \(Self.mostObjects) objects", advice: "check that this is a model")
            }
        }
        throw failure(
            .tooLarge, "it has more than \(Self.mostInstructions) instructions", advice: "check that this is a model")
    }

    private mutating func finish() throws(ArtifactError) -> PickleDocument {
        let root = try pop()
        guard stack.isEmpty, marks.isEmpty else { throw malformed("it ends with \(stack.count) values left over") }
        guard position == bytes.count else { throw malformed("\(bytes.count - position) bytes follow its end") }
        return PickleDocument(path: path, bytes: bytes, objects: objects, root: root)
    }

    private mutating func execute(_ opcode: PickleOpcode) throws(ArtifactError) {
        switch opcode {
        case .protocolVersion: _ = try take(1)
        case .frame: try checkFrame()
        case .none: stack.append(.none)
        case .newTrue: stack.append(.bool(true))
        case .newFalse: stack.append(.bool(false))
        case .uint8: stack.append(.int(try unsigned(1)))
        case .uint16: stack.append(.int(try unsigned(2)))
        case .int32: stack.append(.int(Int(Int32(truncatingIfNeeded: try unsigned(4)))))
        case .long8: stack.append(.int(try long()))
        case .float64:
            let bits = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            stack.append(.float(Double(bitPattern: bits)))
        case .text8: stack.append(.text(try stretch(lengthBytes: 1)))
        case .text32: stack.append(.text(try stretch(lengthBytes: 4)))
        case .text64: stack.append(.text(try stretch(lengthBytes: 8)))
        case .bytes8: stack.append(.bytes(try stretch(lengthBytes: 1)))
        case .bytes32: stack.append(.bytes(try stretch(lengthBytes: 4)))
        case .bytes64, .byteArray64: stack.append(.bytes(try stretch(lengthBytes: 8)))
        case .mark: marks.append(stack.count)
        case .pop: try popValueOrMark()
        case .popMark: _ = try popToMark()
        case .duplicate:
            let value = try pop()
            stack += [value, value]
        case .get8: try get(try unsigned(1))
        case .get32: try get(try unsigned(4))
        case .put8: try put(at: try unsigned(1))
        case .put32: try put(at: try unsigned(4))
        case .memoize: try put(at: memo.count)
        case .global, .stackGlobal, .newObject, .reduce, .build: try executeObject(opcode)
        default: try executeContainer(opcode)
        }
    }

    private mutating func executeContainer(_ opcode: PickleOpcode) throws(ArtifactError) {
        switch opcode {
        case .emptyList: push(.list, [])
        case .emptyTuple: push(.tuple, [])
        case .emptyDictionary: push(.dictionary, [])
        case .list: push(.list, try popToMark())
        case .tuple: push(.tuple, try popToMark())
        case .dictionary: push(.dictionary, try pairs(popToMark()))
        case .tuple1: push(.tuple, try pop(1))
        case .tuple2: push(.tuple, try pop(2))
        case .tuple3: push(.tuple, try pop(3))
        case .append: try extend(.list, by: pop(1))
        case .appends: try extend(.list, by: popToMark())
        case .setItem: try extend(.dictionary, by: pop(2))
        case .setItems: try extend(.dictionary, by: pairs(popToMark()))
        default: preconditionFailure("\(opcode) makes no container")
        }
    }

    private mutating func executeObject(_ opcode: PickleOpcode) throws(ArtifactError) {
        switch opcode {
        case .global:
            let module = try line(), name = try line()
            stack.append(.global(try known(module, name)))
        case .stackGlobal:
            let name = try text(pop()), module = try text(pop())
            stack.append(.global(try known(module, name)))
        case .newObject, .reduce:
            let arguments = try pop()
            guard case .object(let place) = arguments, objects[Int(place)].kind == .tuple else {
                throw malformed("an object's arguments are not a tuple")
            }
            guard case .global(let type) = try pop() else { throw malformed("what would be called is no class") }
            push(.record(type), [arguments])
        default:
            let state = try pop()
            guard case .object(let place)? = stack.last, marks.last ?? 0 < stack.count,
                case .record = objects[Int(place)].kind, objects[Int(place)].elements.count == 1
            else { throw malformed("a state is given to what takes none, or has one") }
            objects[Int(place)].elements.append(state)
        }
    }

    // MARK: Stack and memo

    private mutating func push(_ kind: PickleObject.Kind, _ elements: [PickleValue]) {
        // In range: there are never more than `mostObjects`, by far fewer than 2³².
        stack.append(.object(UInt32(objects.count)))
        objects.append(PickleObject(kind: kind, elements: elements))
    }

    private mutating func pop() throws(ArtifactError) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw malformed("a value is missing") }
        return value
    }

    private mutating func pop(_ count: Int) throws(ArtifactError) -> [PickleValue] {
        guard stack.count - (marks.last ?? 0) >= count else { throw malformed("a value is missing") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(ArtifactError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw malformed("there is no mark to go back to") }
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private mutating func popValueOrMark() throws(ArtifactError) {
        if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
    }

    private func pairs(_ values: [PickleValue]) throws(ArtifactError) -> [PickleValue] {
        guard values.count.isMultiple(of: 2) else { throw malformed("a dictionary's last key has no value") }
        return values
    }

    private mutating func extend(_ kind: PickleObject.Kind, by values: [PickleValue]) throws(ArtifactError) {
        guard case .object(let place)? = stack.last, marks.last ?? 0 < stack.count, objects[Int(place)].kind == kind else {
            throw malformed("values are added to what is no \(kind)")
        }
        objects[Int(place)].elements += values
    }

    private mutating func get(_ index: Int) throws(ArtifactError) {
        guard index < memo.count else { throw malformed("memo entry \(index) is read, but there are \(memo.count)") }
        stack.append(memo[index])
    }

    /// Picklers number their memo without gaps, so an array holds it and a claimed number takes no memory.
    private mutating func put(at index: Int) throws(ArtifactError) {
        guard let value = stack.last, marks.last ?? 0 < stack.count else { throw malformed("there is no value to remember") }
        guard index <= memo.count else { throw malformed("memo entry \(index) is written, but there are \(memo.count)") }
        if index == memo.count { memo.append(value) } else { memo[index] = value }
    }

    // MARK: Bytes

    private mutating func take(_ count: Int) throws(ArtifactError) -> ArraySlice<UInt8> {
        guard count <= bytes.count - position else {
            throw malformed("it ends too early: \(count) bytes are needed, \(bytes.count - position) are left")
        }
        defer { position += count }
        return bytes[position ..< position + count]
    }

    /// A little-endian number of at most four bytes.
    private mutating func unsigned(_ count: Int) throws(ArtifactError) -> Int {
        try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// A little-endian number of eight bytes that counts bytes of the rest of the file.
    private mutating func length64() throws(ArtifactError) -> Int {
        let value = try take(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let count = Int(exactly: value) else { throw malformed("it claims a length of \(value) bytes") }
        return count
    }

    private mutating func stretch(lengthBytes: Int) throws(ArtifactError) -> PickleBytes {
        let count = lengthBytes == 8 ? try length64() : try unsigned(lengthBytes)
        guard count <= bytes.count - position else {
            throw malformed("it claims \(count) bytes where \(bytes.count - position) are left")
        }
        defer { position += count }
        // In range: a file has at most `largestFile` bytes.
        return PickleBytes(start: UInt32(position), count: UInt32(count))
    }

    private mutating func checkFrame() throws(ArtifactError) {
        let count = try length64()
        guard count <= bytes.count - position else {
            throw malformed("a frame claims \(count) bytes where \(bytes.count - position) are left")
        }
    }

    /// A two's complement number of up to eight bytes; larger ones do not occur in a forest.
    private mutating func long() throws(ArtifactError) -> Int {
        let count = try unsigned(1)
        guard count <= 8 else {
            throw failure(
                .unsupported, "a whole number of \(count) bytes", advice: "fit the forest with a smaller random_state")
        }
        let digits = try take(count)
        let isNegative = (digits.last ?? 0) >= 0x80
        return Int(truncatingIfNeeded: digits.reversed().reduce(isNegative ? UInt64.max : 0) { $0 << 8 | UInt64($1) })
    }

    private mutating func line() throws(ArtifactError) -> String {
        let window = bytes[position...].prefix(Self.longestLine)
        guard let end = window.firstIndex(of: UInt8(ascii: "\n")) else { throw malformed("a class has no readable name") }
        defer { position = end + 1 }
        return String(decoding: bytes[position ..< end], as: UTF8.self)
    }

    private func text(_ value: PickleValue) throws(ArtifactError) -> String {
        guard case .text(let stretch) = value, stretch.count <= Self.longestLine else {
            throw malformed("a class has no readable name")
        }
        return String(decoding: bytes[stretch.range], as: UTF8.self)
    }

    // MARK: Refusals

    private func known(_ module: String, _ name: String) throws(ArtifactError) -> PickleClass {
        let fullName = "\(module).\(name)"
        if let known = PickleClass(fullName: fullName) { return known }
        throw failure(
            .unsupported, "it names `\(fullName)`, which is not part of a fitted isolation forest",
            advice: module.hasPrefix("joblib")
                ? "joblib puts arrays between the pickle's parts: write it with pickle.dump(model, file, protocol=4)"
                : "nothing in the file was run; give a pickle of scikit-learn's IsolationForest alone")
    }

    private func malformed(_ finding: String) -> ArtifactError {
        failure(.malformed, finding, advice: "the file is damaged: write or fetch it again")
    }

    private func failure(_ code: ArtifactError.Code, _ finding: String, advice: String) -> ArtifactError {
        ArtifactError(code, .read, path, at: "byte \(start)", finding, advice: advice)
    }
}
