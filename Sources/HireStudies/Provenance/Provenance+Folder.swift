import HireFiles
import HireTensor

extension Provenance {
    /// Stores it in a run's folder, unless the same is there already.
    ///
    /// - Returns: the first 12 hexadecimal digits of the SHA-256 of what is stored, which name the files.
    @discardableResult
    public func write(into folder: RunFolder) throws -> String {
        let text = try text()
        let name = String(SHA256.hex(of: text.utf8).prefix(12))
        let writer = AtomicWriter(fileSystem: folder.fileSystem)
        // The diff comes first: a provenance that names one has it.
        if case .success(let state) = git, let changes = state.changes {
            let diff = "\(Provenance.folderName)/\(name).diff"
            if try !folder.fileSystem.exists(folder.location(diff)) {
                try writer.write(changes.diff, to: folder.file(diff))
            }
        }
        let file = "\(Provenance.folderName)/\(name).json"
        if try !folder.fileSystem.exists(folder.location(file)) {
            try writer.write(text, to: folder.file(file))
        }
        return name
    }

    /// Everything that is stored in a run's folder, by name.
    ///
    /// - Throws: `FileError` for a file that cannot be read or is no JSON object.
    public static func stored(in folder: RunFolder) throws -> [(name: String, json: JSONObject)] {
        let place = folder.location(folderName)
        guard try folder.fileSystem.status(place)?.kind == .folder else { return [] }
        let files = try folder.fileSystem.list(place).filter {
            $0.hasSuffix(".json") && !$0.hasPrefix(".")
        }
        return try files.map { file in
            let json = try JSONParser.readObject(
                FilePath.join(place, file), in: folder.fileSystem)
            return (String(file.dropLast(5)), json)
        }
    }

    /// What of the machine differs from an earlier start's, as far as bits may depend on it at this level of determinism.
    ///
    /// - Returns: phrases such as "2 threads here and 4 there"; empty if bits agree.
    public func differences(from earlier: JSONObject) -> [String] {
        guard determinism != Determinism.fast.rawValue else { return [] }
        let here = json()
        var keys = ["backend", "cpu", "blas", "blas_core"]
        if determinism == Determinism.repeatable.rawValue { keys.append("threads") }
        return keys.compactMap { key in
            guard let there = earlier[key], there != here[key] else { return nil }
            return
                "\(key) is \(Provenance.shown(here[key])) here and \(Provenance.shown(there)) there"
        }
    }

    /// One line of warning where parts of a run were computed under conditions whose bits differ from those here; nil where
    /// all agree.
    ///
    /// - Throws: as `stored(in:)`.
    public func warning(about folder: RunFolder) throws -> String? {
        for earlier in try Provenance.stored(in: folder) {
            let differences = differences(from: earlier.json)
            if differences.isEmpty { continue }
            let level = determinism == Determinism.repeatable.rawValue
            return
                "\(folder.path): was begun elsewhere (\(earlier.name)): \(differences.joined(separator: "; ")). "
                + "Its numbers may differ in their last bits from those computed here: the run is mixed, and its "
                + "provenance says so."
                + (level && differences.allSatisfy { $0.hasPrefix("threads") }
                    ? " --threads makes them equal." : "")
        }
        return nil
    }

    /// Whether the starts of a run differ in what bits may depend on.
    ///
    /// - Throws: as `stored(in:)`.
    public func isMixed(_ folder: RunFolder) throws -> Bool { try warning(about: folder) != nil }

    static let folderName = "provenance"

    private static func shown(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text): "'\(text)'"
        case .integer(let number): "\(number)"
        default: "unknown"
        }
    }
}
