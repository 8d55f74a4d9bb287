/// A message of an object header: one property of a group or a data set.
struct HDF5Message {
    /// Numbers of the format's message types.
    enum Kind {
        static let nothing: UInt16 = 0x00, dataspace: UInt16 = 0x01, linkInformation: UInt16 = 0x02, datatype: UInt16 = 0x03
        static let oldFill: UInt16 = 0x04, fill: UInt16 = 0x05, link: UInt16 = 0x06, externalFiles: UInt16 = 0x07
        static let layout: UInt16 = 0x08, groupInformation: UInt16 = 0x0A, filters: UInt16 = 0x0B, attribute: UInt16 = 0x0C
        static let continuation: UInt16 = 0x10, symbolTable: UInt16 = 0x11, attributeInformation: UInt16 = 0x15
    }

    var kind: UInt16
    /// Whether the data is only a pointer to a message that several objects share.
    var isShared: Bool
    var data: HDF5Region
}

/// The header of a group or a data set: blocks of messages.
struct HDF5ObjectHeader {
    private(set) var messages: [HDF5Message] = []
    /// Blocks of messages that are known but not read yet.
    private var blocks: [HDF5Region] = []

    /// Reads the header at `address`, of either version.
    init(file: HDF5Bytes, address: UInt64, claims: inout HDF5Claims) throws(ArtifactError) {
        let what = "an object header"
        var cursor = try file.rest(from: address, of: what).cursor
        let version = try cursor.integer(UInt8.self)
        if version == 1 {
            try readFirst(&cursor, &claims)
        } else if version == UInt8(ascii: "O") {
            cursor = cursor.region.cursor
            try readSecond(&cursor, &claims)
        } else {
            throw file.unsupported(at: address, "an object header of version \(version), not 1 or 2")
        }
    }

    // MARK: - Version 1

    private mutating func readFirst(_ cursor: inout HDF5Cursor, _ claims: inout HDF5Claims) throws(ArtifactError) {
        try cursor.skip(1)
        var left = Int(try cursor.integer(UInt16.self))
        try cursor.skip(4)
        let length = UInt64(try cursor.integer(UInt32.self))
        try cursor.skip(4)
        let file = cursor.region.file
        try claims.claim(file.region(at: cursor.region.address, length: 16, of: "an object header"))
        blocks = [try cursor.take(length)]
        while let block = blocks.popLast() {
            try claims.claim(block)
            var inside = block.cursor
            while left > 0, inside.remaining >= 8 {
                left -= 1
                let kind = try inside.integer(UInt16.self)
                let length = UInt64(try inside.integer(UInt16.self))
                let flags = try inside.integer(UInt8.self)
                try inside.skip(3)
                try take(kind, flags: flags, try inside.take(length))
            }
        }
    }

    // MARK: - Version 2

    private mutating func readSecond(_ cursor: inout HDF5Cursor, _ claims: inout HDF5Claims) throws(ArtifactError) {
        try cursor.expect("OHDR", version: 2)
        let flags = try cursor.integer(UInt8.self)
        if flags & 0x20 != 0 { try cursor.skip(16) }  // Four times.
        if flags & 0x10 != 0 { try cursor.skip(4) }  // When attributes move to a heap.
        let length = try cursor.integer(bytes: 1 << Int(flags & 3))
        let file = cursor.region.file
        let begin = cursor.address
        try cursor.skip(length)
        try claims.claim(file.region(at: cursor.region.address, length: cursor.offset, of: "an object header"))
        let end = cursor.address
        try cursor.verifyChecksum()
        try readMessages(file.region(at: begin, length: end - begin, of: "a block of messages"), headerFlags: flags)
        while let block = blocks.popLast() {
            try claims.claim(block)
            guard block.length >= 8 else { throw block.malformed("a continuation of \(block.length) bytes") }
            var inside = block.cursor
            try inside.expect("OCHK")
            let messages = try inside.take(block.length - 8)
            try inside.verifyChecksum()
            try readMessages(messages, headerFlags: flags)
        }
    }

    private mutating func readMessages(_ block: HDF5Region, headerFlags: UInt8) throws(ArtifactError) {
        let numbersCreation = headerFlags & 4 != 0
        var inside = block.cursor
        // Fewer bytes than a message needs at the end are a gap.
        while inside.remaining >= (numbersCreation ? 6 : 4) {
            let kind = UInt16(try inside.integer(UInt8.self))
            let length = UInt64(try inside.integer(UInt16.self))
            let flags = try inside.integer(UInt8.self)
            if numbersCreation { try inside.skip(2) }
            try take(kind, flags: flags, try inside.take(length))
        }
    }

    private mutating func take(_ kind: UInt16, flags: UInt8, _ data: HDF5Region) throws(ArtifactError) {
        guard kind != HDF5Message.Kind.nothing else { return }
        guard kind == HDF5Message.Kind.continuation else {
            messages.append(HDF5Message(kind: kind, isShared: flags & 2 != 0, data: data))
            return
        }
        var cursor = data.cursor
        let address = try cursor.integer(UInt64.self)
        let length = try cursor.integer(UInt64.self)
        blocks.append(try data.file.region(at: address, length: length, of: "a block of messages"))
    }
}
