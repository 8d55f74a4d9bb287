/// A value, and the members of its document that nobody asked for. A key is known exactly if decoding asks for it: there is
/// no second list of keys that could drift.
///
/// It stands between the value's type and a library's decoder, whose errors and paths stay as they are. A member that is null
/// counts as absent. Limits: a type that asks its decoder for nothing is not looked into, a member that is decoded twice must be
/// decoded as the same type, and `Date` and others that a library decodes in its own way are decoded by their own
/// `init(from:)`.
struct AuditedValue<Value: Decodable>: Decodable {
    let value: Value
    /// Paths such as `columns[3].nmae`.
    let unread: [[any CodingKey]]

    init(from decoder: any Decoder) throws {
        let audit = Audit()
        value = try Value(from: AuditedDecoder(decoder, audit))
        unread = try audit.finish()
    }
}

/// What was read of one value.
private final class Audit {
    /// The value, if it is an object.
    private var object: KeyedDecodingContainer<AnyKey>?
    private var asked: Set<String> = []
    private var unread: [[any CodingKey]] = []
    private var nested: [Audit] = []

    func reads(_ object: KeyedDecodingContainer<AnyKey>) { self.object = object }

    func ask(_ key: any CodingKey) -> AnyKey {
        asked.insert(key.stringValue)
        return AnyKey(key)
    }

    func take<Value>(_ member: AuditedValue<Value>) -> Value {
        unread += member.unread
        return member.value
    }

    /// The audit of a value inside this one that has no type of its own.
    func makeNested() -> Audit {
        let audit = Audit()
        nested.append(audit)
        return audit
    }

    func nestedContainer<Key>(_ object: KeyedDecodingContainer<AnyKey>) -> KeyedDecodingContainer<Key> {
        let nested = makeNested()
        nested.reads(object)
        return KeyedDecodingContainer(AuditedMembers<Key>(members: object, audit: nested))
    }

    func finish() throws -> [[any CodingKey]] {
        if let object {
            for key in object.allKeys where !asked.contains(key.stringValue) {
                if try !object.decodeNil(forKey: key) { unread.append(object.codingPath + [key]) }
            }
        }
        return try nested.reduce(unread) { try $0 + $1.finish() }
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(_ key: any CodingKey) { (stringValue, intValue) = (key.stringValue, key.intValue) }
    init(stringValue: String) { (self.stringValue, intValue) = (stringValue, nil) }
    init(intValue: Int) { (stringValue, self.intValue) = (String(intValue), intValue) }
}

private struct AuditedDecoder: Decoder {
    private let decoder: any Decoder
    private let audit: Audit

    init(_ decoder: any Decoder, _ audit: Audit) { (self.decoder, self.audit) = (decoder, audit) }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { decoder.userInfo }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let members = try decoder.container(keyedBy: AnyKey.self)
        audit.reads(members)
        return KeyedDecodingContainer(AuditedMembers<Key>(members: members, audit: audit))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        AuditedElements(elements: try decoder.unkeyedContainer(), audit: audit)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        AuditedSingleValue(value: try decoder.singleValueContainer(), audit: audit)
    }
}

private struct AuditedMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: KeyedDecodingContainer<AnyKey>
    let audit: Audit

    var codingPath: [any CodingKey] { members.codingPath }
    var allKeys: [Key] { members.allKeys.compactMap { Key(stringValue: $0.stringValue) } }

    // Numbers and texts have no members: auditing them, as the generic method would, takes longer.
    func contains(_ key: Key) -> Bool { members.contains(audit.ask(key)) }
    func decodeNil(forKey key: Key) throws -> Bool { try members.decodeNil(forKey: audit.ask(key)) }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try members.decode(type, forKey: audit.ask(key)) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try members.decode(type, forKey: audit.ask(key)) }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        audit.take(try members.decode(AuditedValue<Value>.self, forKey: audit.ask(key)))
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        audit.nestedContainer(try members.nestedContainer(keyedBy: AnyKey.self, forKey: audit.ask(key)))
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        AuditedElements(elements: try members.nestedUnkeyedContainer(forKey: audit.ask(key)), audit: audit)
    }

    func superDecoder() throws -> any Decoder { try superDecoder(AnyKey(stringValue: "super")) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try superDecoder(AnyKey(key)) }

    private func superDecoder(_ key: AnyKey) throws -> any Decoder {
        AuditedDecoder(try members.superDecoder(forKey: audit.ask(key)), audit.makeNested())
    }
}

private struct AuditedElements: UnkeyedDecodingContainer {
    var elements: any UnkeyedDecodingContainer
    let audit: Audit

    var codingPath: [any CodingKey] { elements.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { elements.isAtEnd }
    var currentIndex: Int { elements.currentIndex }

    mutating func decodeNil() throws -> Bool { try elements.decodeNil() }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        audit.take(try elements.decode(AuditedValue<Value>.self))
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        audit.nestedContainer(try elements.nestedContainer(keyedBy: AnyKey.self))
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        AuditedElements(elements: try elements.nestedUnkeyedContainer(), audit: audit)
    }

    mutating func superDecoder() throws -> any Decoder {
        AuditedDecoder(try elements.superDecoder(), audit.makeNested())
    }
}

private struct AuditedSingleValue: SingleValueDecodingContainer {
    let value: any SingleValueDecodingContainer
    let audit: Audit

    var codingPath: [any CodingKey] { value.codingPath }
    func decodeNil() -> Bool { value.decodeNil() }

    // All of these: one that is left out would be decoded by the generic method below, which asks here again, without end.
    func decode(_ type: Bool.Type) throws -> Bool { try value.decode(type) }
    func decode(_ type: String.Type) throws -> String { try value.decode(type) }
    func decode(_ type: Double.Type) throws -> Double { try value.decode(type) }
    func decode(_ type: Float.Type) throws -> Float { try value.decode(type) }
    func decode(_ type: Int.Type) throws -> Int { try value.decode(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try value.decode(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try value.decode(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try value.decode(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try value.decode(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try value.decode(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try value.decode(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try value.decode(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try value.decode(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try value.decode(type) }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        audit.take(try value.decode(AuditedValue<Value>.self))
    }
}
