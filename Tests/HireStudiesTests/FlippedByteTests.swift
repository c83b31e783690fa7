import HireFiles
import HireFuzzing
import HireReference
import HireTensor
import HireTestSupport
import HireVLM
import Testing

@testable import HireStudies

/// A byte that changed in any file of a run is noticed, whatever it stands for.
@Suite("Flipped bytes")
struct FlippedByteTests {
    /// A run's folder in memory, since thousands of changed ones are read.
    private func inMemory(_ run: RunFolder) throws -> (disk: MemoryFileSystem, names: [String]) {
        let disk = MemoryFileSystem()
        var names: [String] = []
        for entry in try run.fileSystem.list(run.path) {
            let isFolder = try run.fileSystem.status(run.location(entry))?.kind == .folder
            names += isFolder ? try run.files(beneath: entry) : [entry]
        }
        for name in names { disk["run/" + name] = try run.fileSystem.readAll(run.location(name)) }
        return (disk, names)
    }

    /// Flips bits of bytes of a file in turn and says for how many bytes a body gave false.
    private func unnoticed(
        _ name: String, _ disk: MemoryFileSystem, step: Int = 1, _ notices: (Int) throws -> Bool
    ) throws -> (flips: Int, places: [Int]) {
        let path = "run/" + name
        let whole = try #require(disk[path])
        var places: [Int] = []
        var flips = 0
        for place in stride(from: 0, to: whole.count, by: step) {
            var bytes = whole
            bytes[place] ^= UInt8(1 << (place % 8))
            disk[path] = bytes
            flips += 1
            if try !notices(place) { places.append(place) }
        }
        disk[path] = whole
        return (flips, places)
    }

    private func verifies(_ name: String, _ run: RunFolder) throws -> Bool {
        let found = try RunVerification(run)
        return found.problems.contains { $0.isError && $0.file == name }
    }

    @Test("Every byte of the manifest, by hire verify and by every reader")
    func manifest() throws {
        let (disk, _) = try inMemory(RunFolder(goldenPath("runs/capture")))
        let run = RunFolder("run", fileSystem: disk)
        #expect(try RunVerification(run).isIntact)
        let verified = try unnoticed("study.json", disk) { _ in try verifies("study.json", run) }
        #expect(verified.flips > 1000 && verified.places == [])
        let read = try unnoticed("study.json", disk) { _ in
            do {
                _ = try run.contents()
                return false
            } catch let error as FileError {
                return error.exitCode == 65 && error.description.contains("study.json")
            }
        }
        #expect(read.flips == verified.flips && read.places == [])
    }

    @Test("Every byte of the journal, and every 40th of the shards")
    func journalAndShards() throws {
        let (disk, names) = try inMemory(RunFolder(goldenPath("runs/capture")))
        let run = RunFolder("run", fileSystem: disk)
        let journal = try #require(names.first { $0.hasPrefix("journal/") })
        let lines = try unnoticed(journal, disk) { _ in try verifies(journal, run) }
        #expect(lines.flips > 1200 && lines.places == [])
        var flips = 0
        for shard in names where shard.hasSuffix(".h5") {
            let found = try unnoticed(shard, disk, step: 40) { _ in try verifies(shard, run) }
            #expect(found.places == [], "\(shard)")
            flips += found.flips
        }
        #expect(flips > 2000)
        #expect(try RunVerification(run).isIntact)
    }

    @Test("Every byte of the script, of provenance and its diff, and of measurements")
    func beside() throws {
        let text = "print('hello')\n"
        let script = RunManifest.ScriptIdentity(
            path: "a.lua", sha256: "with modules", arguments: [], overrides: [],
            textSHA256: SHA256.hex(of: text.utf8))
        let synthetic = try SyntheticRun("sweep", script: script, [.init(variant: "a")])
        var folder = synthetic.folder
        try AtomicWriter().write(text, to: folder.file("script.lua"))
        var made = Provenance(
            script: script, interpreter: "Lua 5.4",
            context: Context(backend: ReferenceBackend(), seed: 7), environment: [:])
        made.git = .success(
            GitState(
                repository: "/r", commit: "ab", branch: "main",
                changes: .init(diff: Array("-a\n+b\n".utf8), isCut: false), knowsScript: true))
        try made.write(into: folder)
        let item = try folder.contents().items[0].item
        let measured = "\(item.folder)/measured.json"
        try AtomicWriter().write("{\"seconds\": 3}\n", to: folder.file(measured))
        var record = JournalRecord(
            sequence: 1, item: item.id, label: item.label, state: .done, attempt: 2, utc: "",
            host: "b", process: 1)
        record.files = try folder.digests(of: [measured])
        record.result = ItemResult(files: [measured])
        try JournalWriter(folder.location("journal")).append(record)
        let (disk, names) = try inMemory(folder)
        folder = RunFolder("run", fileSystem: disk)
        #expect(try RunVerification(folder).problems == [])
        let watched = names.filter {
            $0 == "script.lua" || $0 == measured || $0.hasPrefix("provenance/")
        }
        #expect(watched.count == 4)
        for name in watched {
            let found = try unnoticed(name, disk) { _ in try verifies(name, folder) }
            #expect(found.flips > 5 && found.places == [], "\(name)")
        }
        // Taking results over does not ask for measured bytes.
        disk["run/" + measured] = Array("{}".utf8)
        #expect(try folder.contents().items[0].state == .done)
    }
}
