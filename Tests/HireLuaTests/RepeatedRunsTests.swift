import Glibc
import HireFiles
import HireHDF5
import HireLua
import HireTestSupport
import Testing

/// A thousand runs in one process leave as many open files, HDF5 objects and megabytes as one.
@Suite struct RepeatedRunsTests {
    private static let script = """
        local hire = require "hire"
        local path = hire.output_folder() .. "/captured.h5"
        local layer = hire.nn.sequential { hire.nn.linear(8, 8), hire.nn.relu() }
        local found = {}
        local capture = layer:capture("0", function(_, value) found["act/first"] = value end)
        layer(hire.tensor.randn({ 4, 8 }))
        capture:cancel()
        hire.hdf5.write(path, found, { attributes = { step = 1 } })
        local file = hire.hdf5.open(path)
        assert(file:read("act/first"):size(2) == 8)
        pcall(hire.hdf5.open, path .. ".none")
        pcall(file.read, file, "act/none")
        hire.json.write(hire.output_folder() .. "/x.json", { a = 1 })
        assert(hire.json.read(hire.output_folder() .. "/x.json").a == 1)
        """

    private static func openFiles() throws -> Int {
        try SystemFileSystem().list("/proc/self/fd").count
    }

    private static func residentBytes() throws -> Int {
        let text = String(
            decoding: try SystemFileSystem().readAll("/proc/self/statm", limit: 4096), as: UTF8.self
        )
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }

    @Test(.timeLimit(.minutes(5))) func nothingIsLeftBehind() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            func once() throws {
                let host = TestHost(outputFolder: folder.path)
                let state = try LuaState(host: host)
                try state.install(LibraryList.all)
                try state.run(Self.script, name: "run.lua")
                state.close()
                #expect(state.liveObjects == 0 && state.luaBytes == 0)
                #expect(host.context.backend.ledger.liveBytes == 0)
            }
            for _ in 0..<50 { try once() }
            let files = try Self.openFiles()
            let objects = HDF5Library.openHandleCount
            let bytes = try Self.residentBytes()
            for _ in 0..<1000 { try once() }
            let grown = try Self.residentBytes() - bytes
            print(
                "1000 runs: \(files) open files, \(objects) HDF5 objects, \(grown >> 10) KiB more memory"
            )
            #expect(try Self.openFiles() == files)
            #expect(HDF5Library.openHandleCount == objects && objects == 0)
            #expect(grown < 8 << 20, "\(grown >> 10) KiB")
        }
    }
}
