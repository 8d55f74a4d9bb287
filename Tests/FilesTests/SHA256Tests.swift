import Failures
import Files
import Foundation
import Testing

@Suite struct SHA256Tests {
    // FIPS 180-4's examples (NIST, "Secure Hash Standard: example values") and the empty message.
    @Test("the digest is the one that the standard prints", arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func standardVectors(message: String, digest: String) {
        #expect(SHA256.hexDigest(of: Array(message.utf8)) == digest)
    }

    @Test("a million letters a, added in uneven pieces, give the standard's digest")
    func longMessage() {
        var hash = SHA256()
        var left = 1_000_000
        var piece = 1
        while left > 0 {
            let count = min(left, piece)
            hash.update(repeatElement(UInt8(ascii: "a"), count: count))
            left -= count
            piece = piece % 997 + 61
        }
        #expect(hash.hexDigest() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("every length around the block size pads to a different digest, the same in one piece or byte by byte")
    func paddingBoundaries() {
        var seen: Set<String> = []
        for length in 50 ... 130 {
            let message = [UInt8](repeating: 7, count: length)
            var hash = SHA256()
            for byte in message { hash.update(CollectionOfOne(byte)) }
            #expect(hash.hexDigest() == SHA256.hexDigest(of: message))
            seen.insert(hash.hexDigest())
        }
        #expect(seen.count == 81)
    }

    @Test("a file's digest is its content's; a missing file is a missing input")
    func files() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("sha-\(UUID().uuidString)").path
        let error = #expect(throws: FileError.self) { try SHA256.hexDigest(ofFile: path) }
        #expect(error?.category == .missingInput)
        let content = [UInt8]((0 ..< 3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try AtomicFile.write(Data(content), to: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try SHA256.hexDigest(ofFile: path) == SHA256.hexDigest(of: content))
    }
}
