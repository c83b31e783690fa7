import HireFiles

/// Everything that is wrong in a run's folder: what is missing, what has changed, what nobody knows.
public struct RunVerification {
    /// Something that is wrong.
    public struct Problem: Equatable, Sendable {
        /// "manifest", "journal", "missing", "changed", "lease" or "unknown".
        public var kind: String
        /// The file, relative to the run's folder.
        public var file: String
        /// What is wrong and what to do, as a sentence.
        public var sentence: String
        /// Whether results are concerned; leftovers are told and do not count.
        public var isError: Bool
    }

    /// What was found, in the order in which it was looked for.
    public private(set) var problems: [Problem] = []
    /// How many files were compared with their SHA-256.
    public private(set) var checkedFiles = 0
    /// Their bytes.
    public private(set) var checkedBytes = 0
    /// How many items are finished, and how many there are.
    public private(set) var finished = 0
    /// How many items there are.
    public private(set) var items = 0

    /// Whether results are as they were journalled.
    public var isIntact: Bool { !problems.contains(where: \.isError) }

    /// Looks at everything in a folder: reads every byte of every finished item.
    ///
    /// - Throws: `FileError` only where there is no run at all, or the disk fails.
    public init(_ folder: RunFolder) throws {
        let manifest = checkManifest(folder)
        if manifest == nil, try !folder.fileSystem.exists(folder.location(RunManifest.fileName)) {
            _ = try folder.contents()  // says what the folder is instead
        }
        let records = try checkJournals(folder)
        guard let manifest else { return }
        items = manifest.items.count
        for item in manifest.items {
            try check(item, records.filter { $0.item == item.id }, folder)
        }
        try checkScript(folder, manifest)
        try checkProvenance(folder)
        try checkLeases(folder, manifest)
        try checkUnknown(folder, manifest, records)
    }

    private mutating func checkManifest(_ folder: RunFolder) -> RunManifest? {
        do {
            return try folder.manifest()
        } catch {
            add(
                "manifest", RunManifest.fileName,
                "\(error) Remove the file and run the script again with the same --out: it writes the file anew and takes finished items over."
            )
            return nil
        }
    }

    private mutating func checkJournals(_ folder: RunFolder) throws -> [JournalRecord] {
        var found: [JournalRecord] = []
        let place = folder.location(RunJournal.folderName)
        guard try folder.fileSystem.exists(place) else { return [] }
        for name in try folder.fileSystem.list(place) {
            let file = "\(RunJournal.folderName)/\(name)"
            guard name.hasSuffix(".jsonl"), !AtomicWriter.isTemporary(name) else {
                add("unknown", file, "\(file) is no journal; remove it.", isError: false)
                continue
            }
            do {
                let path = folder.location(file)
                let read = try RunJournal.parse(
                    folder.fileSystem.readAll(path), path: path, offset: 0, line: 1)
                found += read.records
                if read.isTorn {
                    add(
                        "journal", file,
                        "\(file): the last line is half-written, by a process that was killed; it is ignored.",
                        isError: false)
                }
            } catch {
                add("journal", file, "\(error)")
            }
        }
        return JournalRecord.standing(found)
    }

    private mutating func check(_ item: StudyItem, _ records: [JournalRecord], _ folder: RunFolder)
        throws
    {
        let done = records.filter { $0.state == .done }
        guard let first = done.first else { return }
        for record in done {
            checkedFiles += record.files.count
            checkedBytes += record.files.values.map(\.bytes).reduce(0, +)
            let wrong = try folder.problems(record, .digests)
            if wrong.isEmpty {
                finished += 1
                return try checkMeasurements(item, done, folder)
            }
            // Another process may have done the same item, and its files then count.
            if record == done.last {
                for problem in try folder.problems(first, .digests) {
                    add(
                        problem.kind == .missing ? "missing" : "changed", problem.file,
                        "\(problem) (item '\(item.label)'); run the script again to redo the item, or bring the file back."
                    )
                }
            }
        }
    }

    private mutating func checkLeases(_ folder: RunFolder, _ manifest: RunManifest) throws {
        let known = Set(manifest.items.map(\.id))
        for name in try RunWorker.names(in: folder) {
            let file = "leases/\(name)"
            do {
                let worker = try RunWorker.read(folder.location(file), folder.fileSystem, age: 0)
                if !known.contains(String(name.dropLast(5))) {
                    add(
                        "lease", file,
                        "\(file): process \(worker.process) on \(worker.host) holds an item that the run does not have; "
                            + "remove the file if that process is gone.", isError: false)
                }
            } catch {
                if try !folder.fileSystem.exists(folder.location(file)) { continue }
                add(
                    "lease", file,
                    "\(file) is no lease (\(error)); remove it if nobody works on the run.")
            }
        }
    }

    private mutating func checkUnknown(
        _ folder: RunFolder, _ manifest: RunManifest, _ records: [JournalRecord]
    ) throws {
        var named: Set<String> = []
        for record in records where record.state == .done { named.formUnion(record.files.keys) }
        let finished = Set(records.filter { $0.state == .done }.map(\.item))
        let open = manifest.items.filter { !finished.contains($0.id) }.flatMap {
            [$0.folder + "/", $0.attempts]
        }
        for file in try folder.files(beneath: "items") where !named.contains(file) {
            if open.contains(where: { file.hasPrefix($0) }) { continue }
            add(
                "unknown", file, "\(file) belongs to no finished item; it can be removed.",
                isError: false)
        }
    }

    mutating func add(
        _ kind: String, _ file: String, _ sentence: String, isError: Bool = true
    ) {
        problems.append(Problem(kind: kind, file: file, sentence: sentence, isError: isError))
    }

    /// One line per problem, and the sum of it.
    public var text: String {
        let lines = problems.map { ($0.isError ? "" : "note: ") + $0.sentence }
        let errors = problems.count(where: \.isError)
        let files =
            "\(grouped(checkedFiles)) files (\(bytes(checkedBytes))) of \(finished) finished items of \(items)"
        let sum =
            errors == 0
            ? "All is as it was journalled: \(files) have the SHA-256 they had."
            : "\(errors == 1 ? "1 problem" : "\(errors) problems"); \(files) were compared."
        return (lines + [sum]).joined(separator: "\n") + "\n"
    }

    /// The same as JSON.
    public var json: JSONObject {
        [
            "intact": .bool(isIntact), "finished": .integer(Int64(finished)),
            "items": .integer(Int64(items)), "files": .integer(Int64(checkedFiles)),
            "bytes": .integer(Int64(checkedBytes)),
            "problems": .array(
                problems.map {
                    [
                        "kind": .string($0.kind), "file": .string($0.file),
                        "sentence": .string($0.sentence), "error": .bool($0.isError),
                    ]
                }),
        ]
    }
}
