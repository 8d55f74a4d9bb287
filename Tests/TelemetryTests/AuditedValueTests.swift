import Foundation
import Testing

@testable import Telemetry

@Suite struct AuditedValueTests {
    /// Paths such as `.limits[0].nmae` of members that decoding did not ask for.
    private func unread<Value: Decodable & Equatable>(_ expected: Value, in json: String) throws -> [String] {
        let audited = try JSONDecoder().decode(AuditedValue<Value>.self, from: Data(json.utf8))
        #expect(audited.value == expected)
        return audited.unread.map { $0.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined() }.sorted()
    }

    private struct Inner: Codable, Equatable {
        var name: String
        var share: Double?
    }

    private struct Numbers: Codable, Equatable {
        var truth = true
        var double = 0.5
        var float = Float(0.25)
        var int = -1
        var int8 = Int8.min
        var int16 = Int16.min
        var int32 = Int32.min
        var int64 = Int64.min
        var uint = UInt(1)
        var uint8 = UInt8.max
        var uint16 = UInt16.max
        var uint32 = UInt32.max
        var uint64 = UInt64.max
    }

    @Test("every kind of number decodes to itself: as a member, in an array, behind a key of a dictionary")
    func numbers() throws {
        let numbers = [Numbers(), Numbers(truth: false)]
        let encoder = JSONEncoder()
        #expect(try unread(numbers, in: String(decoding: encoder.encode(numbers), as: UTF8.self)) == [])
        #expect(try unread([[true, false], []], in: "[[true, false], []]") == [])
        #expect(try unread([["a"]], in: #"[["a"]]"#) == [])
        func check<Number: Decodable & Numeric>(_: Number.Type) throws {
            #expect(try unread([Number(exactly: 5), nil], in: "[5, null]") == [])
            #expect(try unread(["a": Number(exactly: 5)], in: #"{"a": 5}"#) == [])
        }
        let types: [any (Decodable & Numeric).Type] = [
            Double.self, Float.self, Int.self, Int8.self, Int16.self, Int32.self, Int64.self, UInt.self, UInt8.self,
            UInt16.self, UInt32.self, UInt64.self,
        ]
        for type in types { try check(type) }
    }

    @Test("members that nobody asked for are found in objects, arrays, dictionaries and optional elements")
    func everywhere() throws {
        #expect(try unread(Inner(name: "a"), in: #"{"name": "a", "nmae": "b", "hsare": 1}"#) == [".hsare", ".nmae"])
        #expect(
            try unread([Inner(name: "a"), Inner(name: "b")], in: #"[{"name": "a"}, {"name": "b", "x": []}]"#) == ["[1].x"])
        #expect(try unread(["k": Inner(name: "a", share: 2)], in: #"{"k": {"name": "a", "share": 2, "x": {}}}"#) == [".k.x"])
        #expect(try unread([nil, Inner(name: "a")], in: #"[null, {"name": "a", "x": 0}]"#) == ["[1].x"])
        #expect(try unread([[[Inner(name: "a")]]], in: #"[[[{"name": "a", "x": 0}]]]"#) == ["[0][0][0].x"])
    }

    @Test("an optional member is known whether it is there, null or absent; a member that is null counts as absent")
    func nulls() throws {
        #expect(try unread(Inner(name: "a"), in: #"{"name": "a", "share": null}"#) == [])
        #expect(try unread(Inner(name: "a"), in: #"{"name": "a", "x": null}"#) == [])
    }

    /// Reads its members through containers of its own making.
    private struct ByHand: Decodable, Equatable {
        var depth: Int
        var items: [Int]
        var base: String
        var names: [String]

        enum Outer: String, CodingKey { case box, items, list, base }
        enum Box: String, CodingKey { case depth }
        enum Item: String, CodingKey { case name }

        init(depth: Int, items: [Int], base: String, names: [String]) {
            (self.depth, self.items, self.base, self.names) = (depth, items, base, names)
        }

        init(from decoder: any Decoder) throws {
            let outer = try decoder.container(keyedBy: Outer.self)
            depth = try outer.nestedContainer(keyedBy: Box.self, forKey: .box).decode(Int.self, forKey: .depth)
            var items = try outer.nestedUnkeyedContainer(forKey: .items)
            var read: [Int] = []
            while !items.isAtEnd { read.append(try items.decode(Int.self)) }
            self.items = read
            base = try Inner(from: outer.superDecoder(forKey: .base)).name
            var list = try outer.nestedUnkeyedContainer(forKey: .list)
            names = [try list.nestedContainer(keyedBy: Item.self).decode(String.self, forKey: .name)]
            names.append(try Inner(from: list.superDecoder()).name)
            var inner = try list.nestedUnkeyedContainer()
            names.append(try inner.decode(Inner.self).name)
        }
    }

    @Test("containers inside containers are looked into as well")
    func nestedContainers() throws {
        let expected = ByHand(depth: 3, items: [1, 2], base: "b", names: ["p", "q", "r"])
        let plain = #"""
            {"box":{"depth":3},"items":[1,2],"base":{"name":"b"},"list":[{"name":"p"},{"name":"q"},[{"name":"r"}]]}
            """#
        #expect(try unread(expected, in: plain) == [])
        let misspelt = plain.replacingOccurrences(of: "}", with: #","x":1}"#)
        #expect(
            try unread(expected, in: misspelt)
                == [".base.x", ".box.x", ".list[0].x", ".list[1].x", ".list[2][0].x", ".x"])
    }

    @Test("an error names the place in the document as the library's decoder does")
    func errors() throws {
        let documents = [
            #"{"k": [{"name": "a"}, {"name": 1}]}"#, #"{"k": [{"name": "a"}, {}]}"#, #"{"k": {}}"#, "[]", #"{"k": [null]}"#,
        ]
        for json in documents { try compareErrors([String: [Inner]].self, json) }
        let byHand = [
            "{}", #"{"box": {}}"#, #"{"box": 1}"#, #"{"box": {"depth": 1}}"#, #"{"box": {"depth": 1}, "items": {}}"#,
            #"{"box": {"depth": 1}, "items": [], "base": {}}"#, #"{"box": {"depth": 1}, "items": [], "base": {"name": "a"}}"#,
            #"{"box": {"depth": 1}, "items": [], "base": {"name": "a"}, "list": []}"#,
            #"{"box": {"depth": 1}, "items": [], "base": {"name": "a"}, "list": [{"name": "a"}, {"name": "b"}, 1]}"#,
        ]
        for json in byHand { try compareErrors(ByHand.self, json) }
    }

    private func compareErrors<Value: Decodable>(_: Value.Type, _ json: String) throws {
        let plain = #expect(throws: DecodingError.self) {
            _ = try JSONDecoder().decode(Value.self, from: Data(json.utf8))
        }
        let audited = #expect(throws: DecodingError.self) {
            _ = try JSONDecoder().decode(AuditedValue<Value>.self, from: Data(json.utf8))
        }
        #expect(description(audited) == description(plain), "\(json)")
    }

    private func description(_ error: DecodingError?) -> String {
        let context: DecodingError.Context
        let missing: String
        switch error {
        case .keyNotFound(let key, let found): (context, missing) = (found, "no key \(key.stringValue)")
        case .typeMismatch(_, let found): (context, missing) = (found, "another type")
        case .valueNotFound(_, let found): (context, missing) = (found, "no value")
        case .dataCorrupted(let found): (context, missing) = (found, "corrupt")
        default: return "no error"
        }
        let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        return (path + [missing]).joined(separator: " ")
    }
}
