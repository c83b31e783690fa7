import HireTestSupport
import Testing

@testable import HireFiles

@Suite("Digests")
struct DigestTests {
    @Test("CRC-32 of the published check strings")
    func crc32() {
        #expect(CRC32.of([]) == 0)
        #expect(CRC32.of("123456789".utf8) == 0xCBF4_3926)
        #expect(CRC32.of("The quick brown fox jumps over the lazy dog".utf8) == 0x414F_A339)
    }

    @Test(
        "SHA-256 of the vectors of FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func sha256(text: String, digest: String) {
        #expect(SHA256.hex(of: text.utf8) == digest)
    }

    @Test("SHA-256 of a million letters, in pieces of every awkward size")
    func pieces() {
        let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        let letters = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        for size in [1_000_000, 63, 64, 65, 4_096] {
            var hash = SHA256()
            letters.withUnsafeBytes { bytes in
                for start in stride(from: 0, to: bytes.count, by: size) {
                    hash.update(.init(rebasing: bytes[start..<min(start + size, bytes.count)]))
                }
            }
            #expect(hash.hexDigest == expected)
        }
    }

    @Test("With and without the processor's instructions the digest is the same")
    func instructions() {
        var bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 &+ $0 >> 3) }
        for count in [0, 1, 55, 56, 63, 64, 65, 119, 128, 999] {
            var (fast, plain) = (SHA256(), SHA256(usesInstructions: false))
            bytes.withUnsafeBytes { all in
                fast.update(.init(rebasing: all[..<count]))
                plain.update(.init(rebasing: all[..<count]))
            }
            #expect(fast.digest == plain.digest, "\(count) bytes")
            bytes[count / 2] ^= 1
        }
    }

    @Test("A file's digest is that of its bytes, also with short reads")
    func files() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try AtomicWriter().write(bytes, to: folder.file("a"))
        let short = FaultyFileSystem { _, name in name == "read" ? .short(100_001) : nil }
        #expect(try SHA256.hex(ofFile: folder.file("a"), in: short) == SHA256.hex(of: bytes))
    }
}
