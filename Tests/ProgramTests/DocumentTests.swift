import Foundation
import HireFiles
import HireTestSupport
import Testing

/// Documents whose examples must run as they stand.
@Suite struct DocumentTests {
    /// Runs all Lua of a document as one script; gives the document's text and what was printed.
    private func run(_ name: String, blocks least: Int, in folder: TemporaryFolder) throws -> (
        text: String, output: String
    ) {
        let tests = FilePath.folder(of: FilePath.folder(of: #filePath))
        let document = FilePath.join(FilePath.folder(of: tests), "docs/\(name).md")
        let text = String(decoding: try SystemFileSystem().readAll(document), as: UTF8.self)
        let blocks = text.components(separatedBy: "```lua\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(blocks.count >= least)
        let path = folder.file("\(name).lua")
        try AtomicWriter().write(blocks.joined(separator: "\n"), to: path)
        let result = try ProgramTests().run(["run", path, "--out", folder.file("out")])
        #expect(result.status == 0, "\(result.errors)\n\(result.output)")
        return (text, result.output)
    }

    @Test func theExamplesOfStudiesRun() throws {
        let folder = try TemporaryFolder()
        let (_, output) = try run("studies", blocks: 2, in: folder)
        #expect(output.contains("hire enricher.radius=2 training.steps=3 seed=2\tdone"))
        for name in ["ablation/run.h5", "ablation/study.json", "sweep/study.json"] {
            #expect(try SystemFileSystem().exists(folder.file("out/" + name)), "\(name)")
        }
        let again = try run("studies", blocks: 2, in: folder)
        let lines = again.output.split(separator: "\n").filter { $0.contains("taken over") }
        #expect(lines.count == 4 + 8 + 1 + 12)
    }

    @Test func theExamplesOfCapturesRun() throws {
        let folder = try TemporaryFolder()
        _ = try run("capture", blocks: 5, in: folder)
    }

    @Test func theExamplesOfPicturesRun() throws {
        let folder = try TemporaryFolder()
        let (text, _) = try run("pictures", blocks: 6, in: folder)
        // Every picture that the document shows was saved.
        for part in text.components(separatedBy: "](pictures/").dropFirst() {
            let name = String(part.prefix { $0 != ")" })
            #expect(try SystemFileSystem().exists(folder.file("out/" + name)), "\(name)")
        }
    }
}
