import Glibc
import HireFiles
import HireTestSupport
import Testing

@Suite("File system")
struct FileSystemTests {
    private let disk = SystemFileSystem()

    @Test("Short and interrupted reads are continued until the file ends")
    func shortReads() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try AtomicWriter().write(bytes, to: folder.file("a"))
        let faulty = FaultyFileSystem { index, name in
            if name != "read" { return nil }
            return index % 3 == 0 ? .error(EINTR) : .short(77)
        }
        #expect(try faulty.readAll(folder.file("a")) == bytes)
        #expect(faulty.openFileCount == 0)
    }

    @Test("A file that ends too early says how much is missing and where")
    func tooShort() throws {
        let folder = try TemporaryFolder()
        try AtomicWriter().write([1, 2, 3], to: folder.file("a"))
        let error = #expect(throws: FileError.self) {
            try disk.withFile(folder.file("a"), for: .read) {
                try disk.readExactly($0, at: 1, count: 10)
            }
        }
        #expect(
            error?.description == "\(folder.file("a")) at byte 1: the file ends too early: "
                + "expected 10 bytes, got 2.")
        #expect(error?.exitCode == 65)
    }

    @Test("Missing files, folders and files beyond the limit are refused with the right status")
    func refusals() throws {
        let folder = try TemporaryFolder()
        try AtomicWriter().write("12345", to: folder.file("a"))
        #expect(throwsCode(66) { try disk.readAll(folder.file("b")) })
        #expect(throwsCode(66) { try disk.readAll(folder.path) })
        #expect(throwsCode(65) { try disk.readAll(folder.file("a"), limit: 4) })
        #expect(throwsCode(73) { try disk.makeFolders(folder.file("a/b")) })
        #expect(
            throwsCode(74) {
                try FaultyFileSystem { _, name in name == "read" ? .error(EIO) : nil }
                    .readAll(folder.file("a"))
            })
    }

    @Test("Folders are made with those above them, twice without harm")
    func folders() throws {
        let folder = try TemporaryFolder()
        for _ in 0..<2 { try disk.makeFolders(folder.file("x/y/z")) }
        #expect(try disk.status(folder.file("x/y/z"))?.kind == .folder)
        #expect(try disk.freeBytes(folder.path) > 0)
    }

    @Test("Appending goes on at the end and cutting takes the tail away")
    func appends() throws {
        let folder = try TemporaryFolder()
        for text in ["one\n", "two\n"] {
            try disk.withFile(folder.file("log"), for: .append) { file in
                try Array(text.utf8).withUnsafeBytes { try disk.writeAll(file, $0) }
            }
        }
        try disk.withFile(folder.file("log"), for: .append) { try disk.truncate($0, to: 6) }
        #expect(try disk.readAll(folder.file("log")) == Array("one\ntw".utf8))
    }

    @Test(
        "Paths come apart and together",
        arguments: [
            ("a/b.H5", "a", "b.H5", "h5"), ("b", ".", "b", ""), ("/b", "/", "b", ""),
            ("a//b/", "a", "b", ""), (".hidden", ".", ".hidden", ""),
        ])
    func paths(path: String, folder: String, name: String, ending: String) {
        #expect(FilePath.folder(of: path) == folder)
        #expect(FilePath.name(of: path) == name)
        #expect(FilePath.fileExtension(of: path) == ending)
    }

    @Test("Only plain names pass as names")
    func plainNames() {
        for name in ["", ".", "..", "a/b", "/a", "a\0b"] { #expect(!FilePath.isPlainName(name)) }
        #expect(FilePath.isPlainName("model-00001-of-00002.safetensors"))
        #expect(FilePath.join("a", "b") == "a/b")
        #expect(FilePath.join("a/", "/b") == "/b")
    }

    private func throwsCode(_ code: Int32, _ body: () throws -> some Any) -> Bool {
        do {
            _ = try body()
            return false
        } catch {
            return (error as? FileError)?.exitCode == code
        }
    }
}
