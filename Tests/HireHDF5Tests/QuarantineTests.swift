import Glibc
import HireFiles
import HireHDF5
import HireReference
import HireTestSupport
import Testing

/// Files that kill the HDF5 library kill a process that nobody misses.
///
/// Tests that set the environment or may crash run in processes of their own.
@Suite struct QuarantineTests {
    /// A file that another program wrote: the golden one under another name.
    private static func foreign(
        _ folder: TemporaryFolder, _ change: (inout [UInt8]) -> Void = { _ in }
    ) throws
        -> String
    {
        var bytes = try SystemFileSystem().readAll(goldenPath("hdf5/sample.h5"))
        change(&bytes)
        let path = folder.file("foreign.h5")
        try AtomicWriter().write(bytes, to: path)
        return path
    }

    @Test func harmlessFilesAreOpened() throws {
        let folder = try TemporaryFolder()
        let reader = try HDF5Quarantine.open(try Self.foreign(folder))
        #expect(try reader.nodes().count > 10)
    }

    @Test func damageIsNamed() throws {
        let folder = try TemporaryFolder()
        for (what, change): (String, (inout [UInt8]) -> Void) in [
            ("no HDF5", { $0 = Array("plain text".utf8) }), ("no HDF5", { $0 = [] }),
            ("damaged", { $0.removeLast($0.count / 2) }),
        ] {
            let path = try Self.foreign(folder, change)
            do {
                _ = try HDF5Quarantine.open(path)
                Issue.record("\(what) was opened")
            } catch let error as FileError {
                #expect(error.exitCode == 65)
                #expect(error.description.contains("foreign.h5"))
                #expect(
                    error.description.contains("this is no HDF5 file, or it is damaged"), "\(error)"
                )
            }
        }
        #expect(throws: FileError.self) { try HDF5Quarantine.open(folder.path) }
        #expect(throws: FileError.self) { try HDF5Quarantine.open(folder.file("none.h5")) }
    }

    @Test func readersThatDieAreErrorsAndOwnFilesNeedNone() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let program = folder.file("hire")
            try AtomicWriter().write("#!/bin/sh\nkill -SEGV $$\n", to: program)
            chmod(program, 0o755)
            setenv(HDF5Quarantine.variable, program, 1)
            let path = try Self.foreign(folder)
            do {
                _ = try HDF5Quarantine.open(path)
                Issue.record("a file that kills its reader was opened")
            } catch let error as FileError {
                #expect(error.exitCode == 65)
                #expect(error.description.contains("(reader died: signal 11)"), "\(error)")
            }
            // Trusted, or written by this process: opened at once.
            _ = try HDF5Quarantine.open(path, isTrusted: true)
            let own = folder.file("own.h5")
            let shard = try HDF5Shard(name: own)
            try shard.write(ReferenceBackend().array([Float(1)], [1]), to: "/x")
            try shard.write(to: own)
            #expect(try HDF5Quarantine.open(own).contains("/x"))
            // Changed since: looked at again.
            try AtomicWriter().write([1, 2, 3], to: own)
            #expect(throws: FileError.self) { try HDF5Quarantine.open(own) }
        }
    }

    /// `make fuzz` runs 2,000; here are as many as the time of everyday tests allows.
    @Test func changedFilesNeverKillThisProcess() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let whole = try SystemFileSystem().readAll(goldenPath("hdf5/sample.h5"))
            var refused = 0
            var random = SystemRandomNumberGenerator()
            let files = Int(getenv("HIRE_CHANGED_FILES").map { String(cString: $0) } ?? "") ?? 250
            for number in 0..<files {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...16, using: &random) {
                    // Half of the changes hit the first kilobytes, where most of the structure is.
                    let end = Bool.random(using: &random) ? min(4096, bytes.count) : bytes.count
                    bytes[Int.random(in: 0..<end, using: &random)] = UInt8.random(
                        in: 0...255, using: &random)
                }
                let path = folder.file("\(number).h5")
                try AtomicWriter().write(bytes, to: path)
                do {
                    try HDF5Quarantine.open(path).readEverything()
                } catch is FileError {
                    refused += 1
                } catch is HDF5Error {
                    refused += 1
                }
                unlink(path)
            }
            print("\(refused) of \(files) changed files were refused")
            #expect(refused > files / 10)
        }
    }
}
