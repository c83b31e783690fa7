import Foundation
import HireFiles
import HireLua
import HireTestSupport
import Testing

/// The root of the repository.
let repository = String(#filePath.dropLast("/Tests/HireLuaTests/LuaFileTests.swift".count))

/// The tests written in Lua, each in a state of its own; then again with the collector at its most aggressive.
@Suite struct LuaFileTests {
    static let files =
        (try? FileManager.default.contentsOfDirectory(atPath: repository + "/Tests/Lua"))?
        .filter { $0.hasSuffix("_test.lua") }.sorted() ?? []

    @Test func thereAreFiles() { #expect(Self.files.count >= 3) }

    @Test(arguments: files, [false, true])
    func passes(_ file: String, aggressively: Bool) throws {
        let folder = try TemporaryFolder()
        let host = TestHost(outputFolder: folder.path)
        let state = try LuaState(host: host)
        try state.install(LibraryList.all)
        if aggressively { state.collectAggressively() }
        let source = try SystemFileSystem().readAll("\(repository)/Tests/Lua/\(file)")
        do {
            try state.run(String(decoding: source, as: UTF8.self), name: file)
        } catch let error as LuaError {
            Issue.record("\(error.message)\n\(error.traceback)")
        }
        state.close()
        #expect(state.liveObjects == 0)
        #expect(host.context.backend.ledger.liveBytes == 0)
    }
}
