import HireFiles
import HireHDF5

extension RunResults {
    /// What a run's folder holds, without the script that made it.
    public init(_ contents: RunContents) {
        self.init(
            kind: contents.manifest.kind, description: contents.manifest.description,
            items: contents.items, in: contents.folder)
    }

    /// The finished ones of some items.
    ///
    /// - Parameter folder: where their files are.
    public init(kind: String, description: JSONObject, items: [ItemStatus], in folder: RunFolder) {
        self.init(
            kind: kind, description: description,
            finished: items.compactMap { status in
                guard let result = status.result, let record = status.record else { return nil }
                let item = status.item
                return Finished(
                    label: item.label, group: item.group, variant: item.variant, axes: item.axes,
                    seed: item.seed, metrics: result.metrics, measured: result.measured,
                    grades: { try folder.grades(record) })
            },
            planned: Dictionary(grouping: items, by: \.item.group).mapValues { $0.count })
    }
}

extension RunFolder {
    /// What the samples of a finished item were graded; nil where samples are not graded.
    ///
    /// - Throws: `FileError`, also where the file is not the one that was journalled.
    func grades(_ record: JournalRecord) throws -> SampleGrades? {
        guard
            let (name, file) = record.files.first(where: {
                FilePath.name(of: $0.key) == SampleLines.fileName
            })
        else { return nil }
        let path = location(name)
        let bytes = try fileSystem.readAll(path)
        guard SHA256.hex(of: bytes) == file.sha256 else { throw RunFolder.changed(path) }
        let grades = try SampleGrades(jsonLines: bytes, source: path)
        return grades.byID.isEmpty ? nil : grades
    }

    /// A file that is not the one that was journalled.
    static func changed(_ path: String) -> FileError {
        .badData(
            path,
            "the file is not the one that was journalled (its SHA-256 differs); see `hire verify`, and run the script "
                + "again to redo its item")
    }

    /// The files of a finished item whose names end in `.h5`, sorted by number and name, after their SHA-256 was compared.
    ///
    /// HDF5 can crash on damaged files, so it opens none that was not compared. Measurements of which the journal does not
    /// know these bytes, because another process measured in turn, are looked at by another process.
    func verifiedShards(_ record: JournalRecord) throws -> [String] {
        let names = NaturalOrder.sorted(
            record.files.keys.filter { FilePath.fileExtension(of: $0) == "h5" })
        for name in names
        where try SHA256.hex(ofFile: location(name), in: fileSystem) != record.files[name]?.sha256 {
            guard RunFileProblem.isMeasured(name) else { throw RunFolder.changed(location(name)) }
            _ = try HDF5Quarantine.open(location(name))
        }
        return names
    }
}
