import Foundation
import HireFiles
import HireTestSupport
import Testing

/// HDF5 files of unknown origin, as a user gives them to the program.
@Suite struct HDF5ProgramTests {
    private let program = ProgramTests()
    private let sample = goldenPath("hdf5/sample.h5")

    /// A program that dies as soon as it is started, in the place of the one that reads files first.
    private func dyingReader(_ folder: TemporaryFolder) throws -> String {
        let path = folder.file("reader")
        try AtomicWriter().write("#!/bin/sh\nkill -SEGV $$\n", to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    @Test func inspectListsNamesShapesTypesAndAttributes() throws {
        let shard = goldenPath("runs/capture/items/samples-0-2.c7a2fc805cd93239/1.h5")
        let text = try program.run(["inspect", shard])
        #expect(text.status == 0 && text.errors.isEmpty, "\(text.errors)")
        for line in [
            "@schema           \"hire-act\"",
            "f32   [2, 3, 4]             /act/encoder/output  (sample, token, channel)",
            "f16   [2, 3, 4]             /act/encoder/half", "text  [2]",
            "@hook = \"encoder.output\"",
        ] { #expect(text.output.contains(line), "\(line) is not in \(text.output)") }
        let json = try program.run(["inspect", shard, "--json"])
        let object = try #require(
            try JSONParser.parse(json.output, source: "output").objectValue)
        #expect(object["kind"] == "HDF5" && object["attributes"]?["schema"] == "hire-act")
        let entries = object["entries"]?.arrayValue ?? []
        let output = try #require(entries.first { $0["path"] == "/act/encoder/output" })
        #expect(output["kind"] == "array" && output["dtype"] == "float32")
        #expect(output["shape"] == [2, 3, 4] && output["axes"] == ["sample", "token", "channel"])
        #expect(output["attributes"]?["hook"] == "encoder.output")
        #expect(try program.run(["inspect", sample]).status == 0)
    }

    @Test func filesThatKillTheirReaderAreNamed() throws {
        let folder = try TemporaryFolder()
        let environment = ["HIRE_PROGRAM": try dyingReader(folder)]
        let target = folder.file("out.npz")
        let export = ["export", sample, "--format", "npz", "--out", target]
        for arguments in [["inspect", sample], ["inspect", sample, "--json"], export] {
            let result = try program.run(arguments, environment: environment)
            #expect(result.status == 65, "\(arguments): \(result.status) \(result.errors)")
            #expect(result.errors.contains("damaged or hostile (reader died: signal 11)"))
            #expect(result.errors.contains("sample.h5") && result.output.isEmpty)
        }
        #expect(!FileManager.default.fileExists(atPath: target))
        // Whoever vouches for a file needs no reader.
        let trusted = try program.run(["inspect", sample, "--trusted"], environment: environment)
        #expect(trusted.status == 0, "\(trusted.errors)")
    }

    @Test func damagedFilesAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("cut.h5")
        var bytes = try SystemFileSystem().readAll(sample)
        bytes.removeLast(bytes.count / 2)
        try AtomicWriter().write(bytes, to: path)
        for arguments in [
            ["inspect", path],
            ["export", path, "--format", "npz", "--out", folder.file("out.npz")],
        ] {
            let result = try program.run(arguments)
            #expect(result.status == 65, "\(arguments): \(result.status) \(result.errors)")
            #expect(
                result.errors.contains("cut.h5") && result.errors.contains("no HDF5 file"),
                "\(result.errors)")
        }
    }
}
