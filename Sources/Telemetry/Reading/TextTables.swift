/// Numbers byte strings by their first appearance, in an open-addressing table: a look-up is some nanoseconds.
struct ByteStringTable {
    /// Ends of the strings in `bytes`, one behind the other.
    private var ends: [Int] = []
    private var bytes: [UInt8] = []
    /// Numbers by hash, -1 where free; at least half of them are.
    private var slots: [Int32]
    private var hashes: [UInt64] = []

    init() { slots = [Int32](repeating: -1, count: 16) }

    var count: Int { ends.count }

    subscript(number: Int) -> ArraySlice<UInt8> { bytes[(number == 0 ? 0 : ends[number - 1])..<ends[number]] }

    /// The number of a string that is in the table.
    @inline(__always)
    func find(_ string: UnsafeBufferPointer<UInt8>) -> Int32? {
        let number = slots[slot(of: string, hash: Self.hash(string))]
        return number < 0 ? nil : number
    }

    /// The number of a string, which is added if it is new.
    @inline(__always)
    mutating func number(of string: UnsafeBufferPointer<UInt8>) -> Int32 {
        let hash = Self.hash(string)
        let slot = slot(of: string, hash: hash)
        return slots[slot] < 0 ? add(string, hash: hash, at: slot) : slots[slot]
    }

    /// Where the string is, or where it would be added.
    @inline(__always)
    private func slot(of string: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let number = Int(slots[slot])
            if hashes[number] == hash, isEqual(number, string) { return slot }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    @inline(__always)
    private func isEqual(_ number: Int, _ string: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.withUnsafeBufferPointer {
            UnsafeBufferPointer(rebasing: $0[(number == 0 ? 0 : ends[number - 1])..<ends[number]]).holdsSameBytes(as: string)
        }
    }

    private mutating func add(_ string: UnsafeBufferPointer<UInt8>, hash: UInt64, at slot: Int) -> Int32 {
        let number = Int32(count)
        slots[slot] = number
        bytes += string
        ends.append(bytes.count)
        hashes.append(hash)
        if 2 * count > slots.count { growSlots() }
        return number
    }

    private mutating func growSlots() {
        slots = [Int32](repeating: -1, count: 2 * slots.count)
        for (number, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(number)
        }
    }

    /// Folded products of eight bytes at a time, as in wyhash. Numbers do not depend on it.
    @inline(__always)
    private static func hash(_ string: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var state = UInt64(string.count)
        var position = 0
        let bytes = UnsafeRawBufferPointer(string)
        while position + 8 <= bytes.count {
            state = mixed(state ^ bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        var tail: UInt64 = 0
        while position < bytes.count {
            tail = tail << 8 | UInt64(bytes[position])
            position += 1
        }
        return mixed(state ^ tail)
    }

    @inline(__always)
    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
        return product.high ^ product.low
    }
}

/// The texts of some rows of a column, by number.
struct TextNumbers {
    /// The texts of these and of earlier rows.
    private(set) var table = ByteStringTable()
    /// For each row one.
    private(set) var numbers: [Int32] = []
    /// The number of the empty text, which stands for none; -1 while there was none.
    private(set) var none: Int32 = -1

    /// - Parameter text: the empty text for a row that has none.
    @inline(__always)
    mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        let number = table.number(of: text)
        if text.isEmpty { none = number }
        numbers.append(number)
    }

    /// Begins with other rows; texts keep their numbers.
    mutating func removeRows() { numbers.removeAll(keepingCapacity: true) }

    func text(_ number: Int32) -> String { String(decoding: table[Int(number)], as: UTF8.self) }
}

/// Numbers texts by their first appearance.
struct TextCodes {
    private(set) var values: [String] = []
    private var codes: [String: Int32] = [:]

    mutating func code(of text: String) -> Int32 {
        if let code = codes[text] { return code }
        let code = Int32(values.count)
        codes[text] = code
        values.append(text)
        return code
    }
}

/// Numbers directed links by their first appearance.
struct LinkTable {
    private(set) var links: [LinkKey] = []
    private var numbers: [LinkKey: Int32] = [:]

    mutating func number(of link: LinkKey) -> Int32 {
        if let number = numbers[link] { return number }
        let number = Int32(links.count)
        numbers[link] = number
        links.append(link)
        return number
    }
}
