import Glibc
import HireFiles
import HireStudies
import HireTestSupport
import Testing

@Suite("Run journal")
struct JournalTests {
    private static let records: [JournalRecord] = {
        let metrics: JSONObject = [
            "accuracy": 0.5, "crc32": "deadbeef and more", "ü": "\"quoted\"",
        ]
        return [
            record(.started, "a"),
            record(
                .done, "a",
                result: ItemResult(
                    metrics: metrics, measured: ["seconds": 1.25],
                    files: ["items/a/x.csv", "items/a/y.h5"])),
            record(.failed, "b"), record(.stopped, "c"),
        ]
    }()

    private static func record(
        _ state: JournalRecord.State, _ item: String, result: ItemResult? = nil
    ) -> JournalRecord {
        JournalRecord(
            sequence: 1, item: item, label: "label of \(item)", state: state, attempt: 2, utc: "",
            host: "", process: 0, result: result,
            files: Dictionary(
                uniqueKeysWithValues: (result?.files ?? []).map {
                    ($0, JournalRecord.File(sha256: "ab", bytes: 3))
                }),
            error: state == .failed ? "It broke." : nil,
            errorKind: state == .failed ? "io" : nil)
    }

    private func write(_ folder: String) throws -> String {
        let writer = JournalWriter(folder)
        for record in Self.records { try writer.append(record) }
        return folder + "/" + (try SystemFileSystem().list(folder)[0])
    }

    @Test("Records come back, and each line is JSON by itself")
    func reads() throws {
        try withTemporaryFolder { folder in
            let path = try write(folder)
            let journal = try RunJournal(folder)
            #expect(journal.torn.isEmpty)
            #expect(journal.records.map(\.sequence) == [1, 2, 3, 4])
            #expect(journal.records.map(\.state) == Self.records.map(\.state))
            #expect(journal.records.map(\.result) == Self.records.map(\.result))
            #expect(journal.records[1].files == Self.records[1].files)
            #expect(journal.records[2].error == "It broke." && journal.records[2].errorKind == "io")
            #expect(journal.records.allSatisfy { $0.process == Int(getpid()) && $0.attempt == 2 })
            let text = String(decoding: try SystemFileSystem().readAll(path), as: UTF8.self)
            for line in text.split(separator: "\n") {
                #expect(try JSONParser.parse(String(line))["crc32"]?.stringValue?.count == 8)
            }
        }
    }

    @Test("Two processes and two writers of one process never share a file")
    func files() throws {
        try withTemporaryFolder { folder in
            _ = try write(folder)
            _ = try write(folder)
            let other = ProcessIdentity(host: "aaa", process: 7, start: "1@x")
            try JournalWriter(folder, process: other).append(Self.records[2])
            #expect(try SystemFileSystem().list(folder).count == 3)
            let journal = try RunJournal(folder)
            #expect(journal.records.count == 9)
            #expect(journal.records[0].host == "aaa")
        }
    }

    @Test("A last line that was cut anywhere is left out and named; all before it is kept")
    func torn() throws {
        try withTemporaryFolder { folder in
            let path = try write(folder)
            let whole = try SystemFileSystem().readAll(path)
            let ends = whole.indices.filter { whole[$0] == 0x0A }
            for length in 0..<whole.count {
                try AtomicWriter().write(Array(whole[..<length]), to: path)
                let journal = try RunJournal(folder)
                // A line that lacks nothing but its newline is whole.
                let lines = ends.filter { $0 <= length }.count
                #expect(journal.records.count == lines, "cut at \(length)")
                let isWhole = length == 0 || ends.contains(length) || ends.contains(length - 1)
                #expect(journal.torn == (isWhole ? [] : [path]), "cut at \(length)")
            }
        }
    }

    @Test(
        "One changed byte anywhere, the last newline included, is an error that names file and line"
    )
    func damaged() throws {
        try withTemporaryFolder { folder in
            let path = try write(folder)
            let whole = try SystemFileSystem().readAll(path)
            var line = 1
            for place in whole.indices {
                for bit in [0, 3, 5, 7] {
                    var bytes = whole
                    bytes[place] ^= 1 << bit
                    try AtomicWriter().write(bytes, to: path)
                    do {
                        _ = try RunJournal(folder)
                        Issue.record("Byte \(place), bit \(bit) went unnoticed.")
                    } catch let error as FileError {
                        #expect(error.exitCode == 65 && error.path == path)
                        #expect(error.problem.contains("line \(line) is damaged"), "\(error)")
                    }
                }
                if whole[place] == 0x0A { line += 1 }
            }
        }
    }

    @Test("A full disk at any call leaves no half line in front of the next one")
    func fullDisk() throws {
        try withTemporaryFolder { folder in
            let counting = FaultyFileSystem()
            let writer = JournalWriter(folder + "/whole", fileSystem: counting)
            for record in Self.records { try writer.append(record) }
            for (index, call) in counting.calls.enumerated() {
                for (kind, fault) in [FaultyFileSystem.Fault.error(ENOSPC), .short(9)].enumerated()
                {
                    let faulty = FaultyFileSystem(at: index, fault)
                    let place = "\(folder)/\(index)-\(kind)"
                    let writer = JournalWriter(place, fileSystem: faulty)
                    var written = 0
                    for record in Self.records {
                        do {
                            try writer.append(record)
                        } catch let error as FileError {
                            #expect(error.exitCode == 74)
                            try writer.append(record)
                        }
                        written += 1
                    }
                    let journal = try RunJournal(place)
                    let states = journal.records.map(\.state)
                    // A line whose closing failed is on the disk and is written again.
                    #expect(
                        states.count == written || (call == "close" && states.count == written + 1))
                    #expect(Set(states).count == 4 && journal.torn.isEmpty)
                }
            }
        }
    }

    @Test("A record that does not fit says where and what")
    func strict() throws {
        let good = Self.records[1]
        var json = good.json()
        json["mtrics"] = 1
        #expect(throws: FileError.self) { _ = try JournalRecord(json, source: "j, line 1") }
        for (key, bad) in [
            ("seq", 0), ("attempt", "1"), ("state", "finished"), ("metrics", 3),
            ("files", ["../../etc/passwd": ["sha256": "", "bytes": 1]]),
        ] as [(String, JSONValue)] {
            var json = good.json()
            json["seq"] = 1
            json[key] = bad
            do {
                _ = try JournalRecord(json, source: "j, line 1")
                Issue.record("\(key) = \(bad) was read.")
            } catch let error as FileError {
                #expect(error.description.contains("j, line 1"))
                #expect(error.description.contains(key) || key == "files", "\(error)")
            }
        }
    }
}
