import Foundation
import Inference
import ModelGraph
import Randomness
import TestSupport
import Testing

@testable import ModelArtifacts

/// A pickle is a program: whatever it says, nothing of it may run, and reading ends with a forest or one clear error.
@Suite struct PickleHostileTests {
    private static func refusal(_ bytes: [UInt8]) -> ArtifactError? {
        #expect(throws: ArtifactError.self) { try SklearnPickle.decode(Data(bytes), path: "hostile.pkl") }
    }

    private static let header: [UInt8] = [0x80, 4]

    @Test("a pickle that names a function outside a forest is refused with the full name and its byte",
          arguments: ["os.system", "builtins.eval", "subprocess.Popen", "numpy.load", "sklearn.tree._tree.os"])
    func unknownNames(_ fullName: String) {
        let parts = fullName.split(separator: ".")
        let (module, name) = (parts.dropLast().joined(separator: "."), String(parts[parts.count - 1]))
        // cos\nsystem\n(S'…'tR. and its newer form.
        let old = [0x80, 2] + Array("c\(module)\n\(name)\n(X".utf8) + [2, 0, 0, 0] + Array("lstR.".utf8)
        var new = Self.header + [0x8C, UInt8(module.utf8.count)] + Array(module.utf8)
        new += [0x8C, UInt8(name.utf8.count)] + Array(name.utf8) + [0x93]
        let place = new.count - 1
        new += Array(")R.".utf8)
        #expect(Self.refusal(old)?.description.contains("byte 2: it names `\(fullName)`") == true)
        #expect(Self.refusal(new)?.description.contains("byte \(place): it names `\(fullName)`") == true)
    }

    @Test("lengths and numbers that the file cannot hold are refused before memory is taken")
    func claims() {
        let claims: [(bytes: [UInt8], words: String)] = [
            ([0x8E] + [UInt8](repeating: 0xFF, count: 8), "claims a length of 18446744073709551615 bytes"),
            ([0x8D, 0, 0, 0, 0, 0, 1, 0, 0], "claims 1099511627776 bytes where 0 are left"),
            ([0x42, 0xFF, 0xFF, 0xFF, 0xFF], "claims 4294967295 bytes where 0 are left"),
            ([0x95, 0, 0, 0, 0, 0, 0, 0, 1], "a frame claims"),
            ([0x4E, 0x72, 0xFF, 0xFF, 0xFF, 0xFF], "memo entry 4294967295 is written, but there are 0"),
            ([0x68, 7], "memo entry 7 is read, but there are 0"),
            ([0x8B, 0xFF, 0xFF, 0xFF, 0x7F], "the instruction 0x8B is not one"),
        ]
        for claim in claims {
            #expect(Self.refusal(Self.header + claim.bytes)?.description.contains(claim.words) == true, "\(claim.words)")
        }
    }

    @Test("a million nested lists, tuples and marks neither recurse nor grow beyond their limit")
    func nesting() {
        let depth = 1_000_000
        let tuples = Self.header + [0x29] + [UInt8](repeating: 0x85, count: depth) + [0x2E]
        #expect(Self.refusal(tuples)?.description.contains("a tuple, expected an object") == true)
        let appends = [UInt8](repeating: 0x61, count: depth - 1) + [0x2E]
        let lists = Self.header + [UInt8](repeating: 0x5D, count: depth) + appends
        #expect(Self.refusal(lists)?.description.contains("a list, expected an object") == true)
        let marks = Self.header + [UInt8](repeating: 0x28, count: depth) + [0x2E]
        #expect(Self.refusal(marks)?.description.contains("a value is missing") == true)
        let many = Self.header + [UInt8](repeating: 0x5D, count: PickleMachine.mostObjects + 1)
        #expect(Self.refusal(many)?.code == .tooLarge)
    }

    @Test("lists of lists of lists, each many times the same, take no more memory than the file names")
    func memoBomb() {
        // Thirty levels of a list that holds the one before ten times: 10³⁰ elements, were it unfolded.
        var bytes = Self.header + [0x5D, 0x94]
        for level in 0 ..< 30 {
            bytes += [0x30, 0x5D, 0x94, 0x28] + Array(repeating: [0x68, UInt8(level)], count: 10).flatMap { $0 } + [0x65]
        }
        #expect(Self.refusal(bytes + [0x2E])?.description.contains("a list, expected an object") == true)
    }

    @Test("one tree named a thousand times does not become a thousand trees")
    func repeatedTrees() throws {
        let graph = ForestSample.graph(forest: IsolationForestParameters(
            center: ForestSample.forest.center, scale: ForestSample.forest.scale, trees: [ForestSample.forest.trees[0]],
            averagePathLength: ForestSample.forest.averagePathLength))
        let bytes = [UInt8](try SklearnPickle.encode(graph))
        // The tree's instance ends before the key that follows the list of trees; it is remembered and named again.
        let key = Array("estimators_features_".utf8)
        let next = try #require((0 ..< bytes.count - key.count).first { Array(bytes[$0 ..< $0 + key.count]) == key })
        let end = next - 3
        #expect(bytes[end] == PickleOpcode.appends.rawValue)
        let entries = PickleDocumentProbe.memoEntries(bytes[..<end])
        let again = [PickleOpcode.get32.rawValue] + UInt32(entries).littleEndianBytes
        let inserted = [PickleOpcode.memoize.rawValue] + Array(repeating: again, count: 1000).flatMap { $0 }
        let error = Self.refusal(Array(bytes[..<end]) + inserted + bytes[end...])
        #expect(error?.code == .malformed)
    }

    @Test("every truncation is refused", arguments: ["plain", "protocol_2", "protocol_5"])
    func truncations(_ name: String) throws {
        let bytes = [UInt8](try Fixture.data("SklearnPickles/\(name).pkl"))
        for count in stride(from: 0, to: bytes.count, by: 41) {
            #expect(throws: ArtifactError.self) { try SklearnPickle.decode(Data(bytes[..<count]), path: "cut.pkl") }
        }
        #expect(throws: ArtifactError.self) { try SklearnPickle.decode(Data(bytes + [0]), path: "long.pkl") }
    }

    @Test("thousands of damaged files give an error of ours, or a forest that runs",
          arguments: ["bootstrap", "protocol_2", "protocol_5", "contamination", "own"])
    func mutations(_ name: String) throws {
        let valid = name == "own"
            ? try SklearnPickle.encode(PickleFuzz.smallForest) : try Fixture.data("SklearnPickles/\(name).pkl")
        let survivors = try PickleFuzz.run(valid, name: name, mutations: 1_500)
        // A threshold's bits are harmless, an instruction's are not: both must have been seen.
        #expect(survivors.accepted > 0 && survivors.refused > 0)
    }
}

/// What a test needs to know about a pickle's memo.
enum PickleDocumentProbe {
    /// How often a pickle of ours remembers something: MEMOIZE bytes outside of texts and bytes.
    static func memoEntries(_ bytes: ArraySlice<UInt8>) -> Int {
        var position = bytes.startIndex + 2, count = 0
        while position < bytes.endIndex, let opcode = PickleOpcode(rawValue: bytes[position]) {
            position += 1
            switch opcode {
            case .memoize: count += 1
            case .uint8, .get8: position += 1
            case .int32, .get32: position += 4
            case .float64: position += 8
            case .long8, .text8, .bytes8: position += 1 + Int(bytes[position])
            case .text32, .bytes32:
                position += 4 + bytes[position ..< position + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
            default: break
            }
        }
        return count
    }
}
