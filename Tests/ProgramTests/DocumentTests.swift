import Foundation
import HireFiles
import HireTestSupport
import Testing

/// Documents whose examples must run as they stand.
@Suite struct DocumentTests {
    @Test(arguments: ["pictures", "capture"])
    func examplesRun(name: String) throws {
        let tests = FilePath.folder(of: FilePath.folder(of: #filePath))
        let document = FilePath.join(FilePath.folder(of: tests), "docs/\(name).md")
        let text = String(decoding: try SystemFileSystem().readAll(document), as: UTF8.self)
        let blocks = text.components(separatedBy: "```lua\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(blocks.count >= 5)
        let folder = try TemporaryFolder()
        let path = folder.file("\(name).lua")
        try AtomicWriter().write(blocks.joined(separator: "\n"), to: path)
        let result = try ProgramTests().run(["run", path, "--out", folder.file("out")])
        #expect(result.status == 0, "\(result.errors)\n\(result.output)")
        // Every picture that the document shows was saved.
        for part in text.components(separatedBy: "](pictures/").dropFirst() {
            let name = String(part.prefix { $0 != ")" })
            #expect(try SystemFileSystem().exists(folder.file("out/" + name)), "\(name)")
        }
    }
}
