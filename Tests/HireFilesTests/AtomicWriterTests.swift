import Glibc
import HireFiles
import HireTestSupport
import Synchronization
import Testing

@Suite("Atomic writes")
struct AtomicWriterTests {
    private let disk = SystemFileSystem()
    private let old = Array("the old contents".utf8)
    private let new = [UInt8](repeating: 7, count: 100_000)

    @Test("A write makes the file and leaves nothing else")
    func writes() throws {
        let folder = try TemporaryFolder()
        try AtomicWriter().write(new, to: folder.file("a.bin"))
        #expect(try disk.readAll(folder.file("a.bin")) == new)
        #expect(try disk.list(folder.path) == ["a.bin"])
    }

    @Test("Every call index failing with every error leaves the old file or the new one")
    func failsAtEveryCall() throws {
        let calls = try callsOfOneWrite()
        #expect(calls == ["open", "write", "synchronise", "close", "rename", "synchroniseFolder"])
        for index in calls.indices {
            for number in [ENOSPC, EIO, EFBIG, EACCES] {
                let folder = try TemporaryFolder()
                let path = folder.file("a.bin")
                try AtomicWriter().write(old, to: path)
                let faulty = FaultyFileSystem(at: index, .error(number))
                let error = #expect(throws: FileError.self) {
                    try AtomicWriter(fileSystem: faulty).write(new, to: path)
                }
                #expect(error?.errorNumber == number)
                // Only the last step, after the rename, may leave the new file.
                let expected = calls[index] == "synchroniseFolder" ? new : old
                #expect(try disk.readAll(path) == expected, "call \(index) \(calls[index])")
                #expect(try disk.list(folder.path) == ["a.bin"], "call \(index) \(calls[index])")
                #expect(faulty.openFileCount == 0)
                if number == ENOSPC { #expect(error?.exitCode == 74) }
            }
        }
    }

    @Test(
        "Whoever looks, or is left behind by a kill, between any two calls sees the old file or the new"
    )
    func everyMoment() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.bin")
        try AtomicWriter().write(old, to: path)
        let (old, new, disk) = (old, new, disk)
        let seen = Mutex<[Bool]>([])
        let watching = FaultyFileSystem { _, _ in
            .hook {
                let now = try? disk.readAll(path)
                seen.withLock { $0.append(now == new) }
                if now != new { #expect(now == old) }
            }
        }
        try AtomicWriter(fileSystem: watching).write(new, to: path)
        // Before open, write, synchronise, close and rename the old file stands; before the last call the new one.
        #expect(seen.withLock { $0 } == [false, false, false, false, false, true])
    }

    @Test("Interrupted calls are repeated and short writes continued")
    func interruptions() throws {
        for index in 0..<6 {
            let folder = try TemporaryFolder()
            let faulty = FaultyFileSystem { call, name in
                if call == index, !["close", "rename"].contains(name) { return .error(EINTR) }
                return name == "write" ? .short(999) : nil
            }
            try AtomicWriter(fileSystem: faulty).write(new, to: folder.file("a.bin"))
            #expect(try disk.readAll(folder.file("a.bin")) == new)
            #expect(faulty.calls.filter { $0 == "write" }.count >= 101)
        }
    }

    @Test("A full disk says how many bytes were written, and names the final path")
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        let faulty = FaultyFileSystem { _, name in name == "write" ? .short(60_000) : nil }
        let full = FaultyFileSystem(over: faulty) { _, name in
            name == "write" && faulty.calls.contains("write") ? .error(ENOSPC) : nil
        }
        let error = #expect(throws: FileError.self) {
            try AtomicWriter(fileSystem: full).write(new, to: folder.file("a.bin"))
        }
        let text = error?.description ?? ""
        #expect(text.contains("wrote 60000 of 100000 bytes"))
        #expect(text.hasPrefix(folder.file("a.bin")))
        #expect(text.contains("No space left on device"))
        #expect(try disk.list(folder.path).isEmpty)
    }

    @Test("What the body throws passes through and leaves no file")
    func bodyThrows() throws {
        let folder = try TemporaryFolder()
        #expect(throws: CancellationError.self) {
            try AtomicWriter().write(to: folder.file("a.bin")) { append in
                try new.withUnsafeBytes { try append($0) }
                throw CancellationError()
            }
        }
        #expect(try disk.list(folder.path).isEmpty)
    }

    @Test("What a killed process left is recognised and removed, nothing else is")
    func leftovers() throws {
        let folder = try TemporaryFolder()
        // A failing removal stands for a process that was killed before it could tidy up.
        let faulty = FaultyFileSystem { _, name in
            name == "rename" || name == "removeFile" ? .error(EIO) : nil
        }
        try? AtomicWriter(fileSystem: faulty).write(new, to: folder.file("a.bin"))
        try AtomicWriter().write(old, to: folder.file("b.bin"))
        #expect(try disk.list(folder.path).count == 2)
        #expect(try AtomicWriter().removeLeftovers(in: folder.path).count == 1)
        #expect(try disk.list(folder.path) == ["b.bin"])
    }

    @Test("A missing folder is an error that names the file and ends with 73")
    func missingFolder() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("no/such/a.bin")
        let error = #expect(throws: FileError.self) { try AtomicWriter().write(old, to: path) }
        #expect(error?.exitCode == 73)
        #expect(error?.path == path)
    }

    private func callsOfOneWrite() throws -> [String] {
        let folder = try TemporaryFolder()
        let counting = FaultyFileSystem()
        try AtomicWriter(fileSystem: counting).write(new, to: folder.file("a.bin"))
        return counting.calls
    }
}
