import Foundation
import Testing

/// Sizes, links and habits of the files themselves.
@Suite struct FileTests {
    static let sources = ["Sources", "Plugins", "Tests", "experiments"]

    @Test func noSourceFileHoldsTwoIdeas() throws {
        for path in Repository.files(in: Self.sources, endings: [".swift", ".c", ".h", ".lua"])
        where !path.contains(".gen.") {
            let count = try Repository.lines(path).count
            #expect(
                count <= 400, "\(path) has \(count) lines; split it or give the reason in its head")
        }
    }

    @Test func linksInDocumentsLeadSomewhere() throws {
        let documents =
            Repository.files(in: ["Plugins", "experiments", "docs", "Tests"], endings: [".md"])
            + ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]
        for document in documents {
            let folder = (document as NSString).deletingLastPathComponent
            for match in try Repository.text(document).matches(of: /\]\(([^)#\s]+)(#[^)]*)?\)/) {
                let target = String(match.1)
                if target.contains("://") { continue }
                let path = ((folder as NSString).appendingPathComponent(target) as NSString)
                    .standardizingPath
                #expect(
                    Repository.exists(path), "\(document) links to \(target), which is not there")
            }
        }
    }

    @Test func theRootHoldsNoRun() {
        for name in ["study.json", "journal", "leases", "items", "script.lua", "provenance"] {
            #expect(!Repository.exists(name), "\(name) is of a run that somebody made in the root")
        }
    }

    @Test func documentsShowTheTwoCommands() throws {
        let readme = try Repository.text("README.md")
        #expect(readme.contains("make run") && readme.contains("make test"))
    }

    @Test func nothingNamesAPlaceOnOneMachine() throws {
        let files = Repository.files(
            in: Self.sources + ["notebooks-lua", "docs"],
            endings: [".swift", ".c", ".h", ".lua", ".py", ".sh", ".md", ".ipynb"])
        for path in files where !path.hasSuffix("FileTests.swift") {
            let text = try Repository.text(path)
            #expect(
                !text.contains("/home/") && !text.contains("/root/"), "\(path) names a home folder")
        }
    }

    @Test func markersOfUnfinishedWorkAreAbsent() throws {
        for path in Repository.files(
            in: ["Sources", "Plugins"], endings: [".swift", ".c", ".h", ".lua"])
        {
            for (number, line) in try Repository.lines(path).enumerated() {
                #expect(
                    !line.contains("TODO") && !line.contains("FIXME"),
                    "\(path):\(number + 1): \(line)")
            }
        }
    }
}
