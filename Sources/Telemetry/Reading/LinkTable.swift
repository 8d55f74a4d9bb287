/// Numbers texts by their first appearance.
struct TextCodes {
    private(set) var values: [String] = []
    private var codes: [String: Int32] = [:]

    mutating func code(of text: UnsafeBufferPointer<UInt8>) -> Int32 {
        let text = String(decoding: UnsafeRawBufferPointer(text.trimmed), as: UTF8.self)
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
    private var names = TextCodes()
    private var numbers: [SIMD2<Int32>: Int32] = [:]

    mutating func number(node: UnsafeBufferPointer<UInt8>, peer: UnsafeBufferPointer<UInt8>) -> Int32 {
        let key = SIMD2(names.code(of: node), names.code(of: peer))
        if let number = numbers[key] { return number }
        let number = Int32(links.count)
        numbers[key] = number
        links.append(LinkKey(node: names.values[Int(key.x)], peer: names.values[Int(key.y)]))
        return number
    }
}
