import HireFiles
import HireStudies
import HireTestSupport
import Testing

@Suite("Run journal")
struct JournalTests {
    private func written(_ folder: String) throws -> String {
        let path = folder + "/results.jsonl"
        var journal = try RunJournal(path)
        for index in 0..<3 {
            try journal.append([
                "variant": .string("v\(index) \"ü\""), "value": .integer(Int64(index)),
            ])
        }
        return path
    }

    @Test("Lines come back, and each is JSON by itself")
    func reads() throws {
        try withTemporaryFolder { folder in
            let path = try written(folder)
            let journal = try RunJournal(path)
            #expect(journal.entries.map { $0["value"]?.intValue } == [0, 1, 2])
            #expect(!journal.wasTorn)
            let text = String(decoding: try SystemFileSystem().readAll(path), as: UTF8.self)
            for line in text.split(separator: "\n") {
                #expect(try JSONParser.parse(String(line))["crc32"]?.stringValue?.count == 8)
            }
        }
    }

    @Test("A half-written last line is cut off and the next one is whole")
    func torn() throws {
        try withTemporaryFolder { folder in
            let path = try written(folder)
            let whole = try SystemFileSystem().readAll(path)
            for cut in 1..<30 {
                try AtomicWriter().write(Array(whole.dropLast(cut)), to: path)
                var journal = try RunJournal(path)
                #expect(journal.wasTorn)
                #expect(journal.entries.count == 2)
                try journal.append(["value": 9])
                let again = try RunJournal(path)
                #expect(again.entries.count == 3 && !again.wasTorn)
            }
        }
    }

    @Test("Damage before the last line is an error that names the line")
    func damaged() throws {
        try withTemporaryFolder { folder in
            let path = try written(folder)
            var bytes = try SystemFileSystem().readAll(path)
            bytes[20] ^= 1
            try AtomicWriter().write(bytes, to: path)
            do {
                _ = try RunJournal(path)
                Issue.record("A damaged journal was read.")
            } catch let error as FileError {
                #expect(error.description.contains("line 1") && error.exitCode == 65)
            }
        }
    }
}
