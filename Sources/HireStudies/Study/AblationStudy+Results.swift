import HireFiles

/// What the study keeps in `results.jsonl`.
extension AblationStudy {
    /// The journal line of a finished variant with this configuration, or nil if it is not finished.
    func finished(_ variant: String, _ configuration: Configuration) throws -> JSONObject? {
        guard let entry = journal.entries.last(where: { $0["variant"]?.stringValue == variant })
        else {
            return nil
        }
        if entry["configuration_sha256"]?.stringValue == (try configuration.digest()) {
            return entry
        }
        let before = Configuration(entry["configuration"]?.objectValue ?? JSONObject())
        throw StudyError.otherConfiguration(
            folder: folder.path, variant: variant,
            differences: try configuration.differences(from: before)
        )
    }

    /// Whether every file that a line names is there with the content it had.
    func isIntact(_ entry: JSONObject) throws -> Bool {
        for (name, digest) in entry["files"]?.objectValue?.members ?? [] {
            let path = folder.location(name)
            guard try folder.fileSystem.exists(path),
                try SHA256.hex(ofFile: path, in: folder.fileSystem) == digest.stringValue
            else { return false }
        }
        return true
    }

    /// Records a finished variant; its files must be on the disk already.
    func finish(
        _ variant: String, _ configuration: Configuration, result: JSONObject, files: [String]
    ) throws {
        var digests = JSONObject()
        for name in files.sorted() {
            digests[name] = .string(
                try SHA256.hex(ofFile: folder.location(name), in: folder.fileSystem))
        }
        _ = try folder.file("results.jsonl")
        try journal.append([
            "schema": "hire-results-1", "variant": .string(variant),
            "configuration_sha256": .string(try configuration.digest()),
            "configuration": .object(configuration.json), "result": .object(result),
            "files": .object(digests),
        ])
    }
}
