import HireFiles

/// A file of a finished item that is not as the journal says.
public struct RunFileProblem: Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Kind: String, Sendable {
        /// It is not there.
        case missing
        /// It has another size.
        case size
        /// It has other bytes.
        case digest
    }

    /// The file, relative to the run's folder.
    public let file: String
    /// What is wrong.
    public let kind: Kind

    /// One sentence without its full stop.
    public var description: String {
        switch kind {
        case .missing: "\(file) is missing"
        case .size: "\(file) has another size than when it was written"
        case .digest: "\(file) has other bytes than when it was written"
        }
    }

    /// Whether a file holds what the machine determines, so that its bytes are not part of the result.
    public static func isMeasured(_ file: String) -> Bool {
        FilePath.name(of: file).hasPrefix("measured")
    }
}

extension RunFolder {
    /// How closely files are looked at.
    public enum Check: Sendable {
        /// Whether they are there with the sizes they had.
        case sizes
        /// Their SHA-256 too, which reads all of them.
        case digests
    }

    /// What is wrong with the files of a `done` record, ordered by name; empty if all is well.
    ///
    /// Files of measurements only need to be there: two processes that did an item in turn measured different times.
    public func problems(_ record: JournalRecord, _ check: Check) throws -> [RunFileProblem] {
        var found: [RunFileProblem] = []
        for (name, file) in record.files.sorted(by: { $0.key < $1.key }) {
            let path = location(name)
            guard let status = try fileSystem.status(path), status.kind == .file else {
                found.append(RunFileProblem(file: name, kind: .missing))
                continue
            }
            if RunFileProblem.isMeasured(name) { continue }
            if status.byteCount != file.bytes {
                found.append(RunFileProblem(file: name, kind: .size))
            } else if check == .digests,
                try SHA256.hex(ofFile: path, in: fileSystem) != file.sha256
            {
                found.append(RunFileProblem(file: name, kind: .digest))
            }
        }
        return found
    }

    /// Sizes and digests of files that are on the disk.
    ///
    /// - Parameter names: relative to the run's folder.
    public func digests(
        of names: [String], known: [String: String] = [:]
    ) throws -> [String: JournalRecord.File] {
        var files: [String: JournalRecord.File] = [:]
        for name in names {
            let path = location(name)
            let bytes = try fileSystem.status(path)?.byteCount ?? 0
            files[name] = JournalRecord.File(
                sha256: try known[name] ?? SHA256.hex(ofFile: path, in: fileSystem), bytes: bytes)
        }
        return files
    }
}
