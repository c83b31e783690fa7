import HireFiles

extension RunVerification {
    /// Compares measurements with what any process that did the item journalled: two that did it in turn measured
    /// different times, and taking results over does not ask for these files' bytes.
    mutating func checkMeasurements(
        _ item: StudyItem, _ done: [JournalRecord], _ folder: RunFolder
    ) throws {
        let names = Set(done.flatMap(\.files.keys)).filter(RunFileProblem.isMeasured).sorted()
        for name in names {
            let path = folder.location(name)
            // One that is missing is told with the item's other files.
            guard try folder.fileSystem.status(path)?.kind == .file else { continue }
            let digest = try SHA256.hex(ofFile: path, in: folder.fileSystem)
            if !done.contains(where: { $0.files[name]?.sha256 == digest }) {
                let problem = RunFileProblem(file: name, kind: .digest)
                add(
                    "changed", name,
                    "\(problem) (item '\(item.label)'); no result rests on it: bring the file back, or do the item again with --fresh."
                )
            }
        }
    }

    /// Compares the stored script with the one that the manifest names.
    mutating func checkScript(_ folder: RunFolder, _ manifest: RunManifest) throws {
        if try folder.holdsScript(of: manifest) { return }
        let name = RunFolder.scriptName
        let isThere = try folder.fileSystem.exists(folder.location(name))
        add(
            isThere ? "changed" : "missing", name,
            "\(name) is \(isThere ? "not the script with which the run was begun" : "missing"); run the script again with "
                + "the same --out: it is stored anew.")
    }

    /// Compares what is known of the starts with the names that stand for it.
    mutating func checkProvenance(_ folder: RunFolder) throws {
        let place = folder.location(Provenance.folderName)
        guard try folder.fileSystem.status(place)?.kind == .folder else { return }
        for entry in try folder.fileSystem.list(place) {
            let name = "\(Provenance.folderName)/\(entry)"
            let path = folder.location(name)
            switch FilePath.fileExtension(of: entry) {
            case "json" where !AtomicWriter.isTemporary(entry):
                let digest = try SHA256.hex(ofFile: path, in: folder.fileSystem)
                if digest.prefix(12) + ".json" == entry { continue }
                add(
                    "changed", name,
                    "\(name) has other bytes than its name stands for; bring the file back, or remove it and run the script again."
                )
            case "diff" where !AtomicWriter.isTemporary(entry):
                try checkDiff(name, folder)
            default:
                add("unknown", name, "\(name) is no provenance; it can be removed.", isError: false)
            }
        }
    }

    private mutating func checkDiff(_ name: String, _ folder: RunFolder) throws {
        let owner = name.dropLast("diff".count) + "json"
        guard try folder.fileSystem.exists(folder.location(String(owner))) else {
            add(
                "unknown", name, "\(name) belongs to no provenance; it can be removed.",
                isError: false)
            return
        }
        // An owner that cannot be read is a problem of its own.
        guard
            let json = try? JSONParser.readObject(
                folder.location(String(owner)), in: folder.fileSystem),
            let digest = json["git"]?["diff_sha256"]?.stringValue
        else { return }
        if try SHA256.hex(ofFile: folder.location(name), in: folder.fileSystem) == digest { return }
        add(
            "changed", name,
            "\(name) has other bytes than \(owner) says; bring the file back, or remove both and run the script again."
        )
    }
}
