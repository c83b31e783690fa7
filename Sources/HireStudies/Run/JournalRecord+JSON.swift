import HireFiles

extension JournalRecord {
    private static let common = [
        "seq", "item", "label", "state", "attempt", "utc", "host", "pid",
    ]

    /// The record as JSON, without the check sum that closes its line.
    public func json() -> JSONObject {
        var json: JSONObject = [
            "seq": .integer(Int64(sequence)), "item": .string(item), "label": .string(label),
            "state": .string(state.rawValue), "attempt": .integer(Int64(attempt)),
            "utc": .string(utc), "host": .string(host), "pid": .integer(Int64(process)),
        ]
        if state == .done {
            json["metrics"] = .object(result?.metrics ?? JSONObject())
            json["measured"] = .object(result?.measured ?? JSONObject())
            json["files"] = .object(
                JSONObject(
                    files.sorted { $0.key < $1.key }.map { name, file in
                        (
                            name,
                            ["sha256": .string(file.sha256), "bytes": .integer(Int64(file.bytes))]
                        )
                    }))
        }
        if state == .failed {
            json["error"] = .string(error ?? "")
            json["kind"] = .string(errorKind ?? "")
        }
        return json
    }

    /// A record read back.
    ///
    /// - Parameter source: the file's path and the line, for messages.
    /// - Throws: `FileError` for unknown or missing keys and values of another type.
    public init(_ json: JSONObject, source: String) throws {
        let word = try json.requireString("state", source: source)
        guard let state = State(rawValue: word) else {
            throw FileError.badData(
                source, "the value of 'state' does not fit",
                expected: State.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "),
                got: "'\(word)'")
        }
        let own: [String] =
            switch state {
            case .done: ["metrics", "measured", "files"]
            case .failed: ["error", "kind"]
            case .started, .stopped, .forgotten: []
            }
        try json.requireOnly(JournalRecord.common + own, source: source)
        self.init(
            sequence: try json.requireCount("seq", least: 1, source: source),
            item: try json.requireString("item", source: source),
            label: try json.requireString("label", source: source), state: state,
            attempt: try json.requireCount("attempt", least: 1, source: source),
            utc: try json.requireString("utc", source: source),
            host: try json.requireString("host", source: source),
            process: try json.requireCount("pid", least: 0, source: source))
        switch state {
        case .done:
            files = try JournalRecord.files(json, source: source)
            result = ItemResult(
                metrics: try json.requireObject("metrics", source: source),
                measured: try json.requireObject("measured", source: source),
                files: NaturalOrder.sorted(files.keys))
        case .failed:
            error = try json.requireString("error", source: source)
            errorKind = try json.requireString("kind", source: source)
        case .started, .stopped, .forgotten: break
        }
    }

    private static func files(_ json: JSONObject, source: String) throws -> [String: File] {
        var files: [String: File] = [:]
        for (name, value) in try json.requireObject("files", source: source).members {
            let source = "\(source), files, '\(name)'"
            guard let file = value.objectValue else {
                throw FileError.badData(
                    source, "the value does not fit", expected: "an object", got: value.kindName)
            }
            // Names are read from a file and lead to files: they stay inside the run's folder.
            guard
                name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy({
                    FilePath.isPlainName(String($0))
                })
            else {
                throw FileError.badData(source, "the name leads out of the run's folder")
            }
            try file.requireOnly(["sha256", "bytes"], source: source)
            files[name] = File(
                sha256: try file.requireString("sha256", source: source),
                bytes: try file.requireCount("bytes", least: 0, source: source))
        }
        return files
    }
}
