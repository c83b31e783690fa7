import HireFiles

extension RunManifest {
    /// SHA-256 over script, items' ids and the version of the toolkit's numbers, in hexadecimal.
    public func runID() throws -> String {
        let identity: JSONObject = [
            "script": RunManifest.json(of: script), "numerics": .integer(Int64(numerics)),
            "items": .array(items.map { .string($0.id) }),
        ]
        return SHA256.hex(of: try JSONWriter(order: .sorted).string(.object(identity)).utf8)
    }

    /// The text of `study.json`: keys sorted, nothing in it that depends on time.
    public func text() throws -> String {
        try JSONWriter(order: .sorted, layout: .pretty).string(.object(json()))
    }

    /// The manifest as JSON, with a check sum of itself.
    public func json() throws -> JSONObject {
        var object = try content()
        object["sha256"] = .string(try RunManifest.checkSum(of: object))
        return object
    }

    /// SHA-256 of a manifest without its member `sha256`, keys sorted and without spaces, in hexadecimal.
    package static func checkSum(of json: JSONObject) throws -> String {
        var rest = json
        rest["sha256"] = nil
        return SHA256.hex(of: try JSONWriter(order: .sorted).string(.object(rest)).utf8)
    }

    private func content() throws -> JSONObject {
        [
            "schema": .string(RunManifest.schema), "run_id": .string(try runID()),
            "kind": .string(kind), "toolkit": .string(toolkit),
            "numerics": .integer(Int64(numerics)), "script": RunManifest.json(of: script),
            "axes": .array(axes.map { .string($0) }), "description": .object(description),
            "items": .array(items.map { .object(RunManifest.json(of: $0)) }),
        ]
    }

    /// The keys of all axes, in the order in which items name them.
    public var axes: [String] {
        var keys: [String] = []
        for key in items.flatMap(\.axes.keys) where !keys.contains(key) { keys.append(key) }
        return keys
    }

    /// A manifest read back.
    ///
    /// - Parameter source: the file's path, for messages.
    /// - Throws: `FileError` for another schema, unknown or missing keys, values of another type, ids that do not fit what
    ///   they stand for, and for whatever else is not as it was written.
    public init(_ json: JSONObject, source: String) throws {
        let schema = try json.requireString("schema", source: source)
        guard schema == RunManifest.schema else {
            throw FileError.badData(
                source, "this version of the toolkit cannot read the folder",
                expected: "the schema \(RunManifest.schema)", got: schema)
        }
        try json.requireOnly(
            [
                "schema", "run_id", "kind", "toolkit", "numerics", "script", "axes", "description",
                "items", "sha256",
            ], source: source)
        let axes = try json.requireStrings("axes", source: source)
        let items = try json.requireArray("items", source: source).enumerated().map {
            try RunManifest.item($1, axes: axes, source: "\(source), item \($0 + 1)")
        }
        self.init(
            kind: try json.requireString("kind", source: source),
            script: try RunManifest.script(json["script"], source: source),
            description: try json.requireObject("description", source: source), items: items,
            toolkit: try json.requireString("toolkit", source: source),
            numerics: try json.requireCount("numerics", least: 0, source: source))
        for (key, names) in [("label", items.map(\.label)), ("id", items.map(\.id))] {
            var seen: Set<String> = []
            for name in names where !seen.insert(name).inserted {
                throw FileError.badData(source, "two items have the \(key) '\(name)'")
            }
        }
        guard try json.requireString("run_id", source: source) == runID() else {
            throw FileError.badData(
                source, "the run_id does not fit script and items; the file was changed by hand")
        }
        guard try json.requireString("sha256", source: source) == RunManifest.checkSum(of: json)
        else {
            throw FileError.badData(
                source,
                "the SHA-256 does not fit the rest; the file is damaged or was changed by hand")
        }
    }

    static func json(of script: ScriptIdentity?) -> JSONValue {
        guard let script else { return .null }
        var object: JSONObject = [
            "path": .string(script.path), "sha256": .string(script.sha256),
            "arguments": .array(script.arguments.map { .string($0) }),
            "overrides": .array(script.overrides.map { .string($0) }),
        ]
        if script.textSHA256 != script.sha256 { object["text_sha256"] = .string(script.textSHA256) }
        if !script.options.isEmpty {
            object["options"] = .array(script.options.map { .string($0) })
        }
        if script.output != "." { object["output"] = .string(script.output) }
        return .object(object)
    }

    private static func script(_ json: JSONValue?, source: String) throws -> ScriptIdentity? {
        if json == .null { return nil }
        let source = "\(source), script"
        guard let object = json?.objectValue else {
            throw FileError.badData(
                source, "the value does not fit", expected: "an object or null",
                got: json?.kindName ?? "nothing")
        }
        try object.requireOnly(
            ["path", "sha256", "text_sha256", "arguments", "overrides", "options", "output"],
            source: source)
        return ScriptIdentity(
            path: try object.requireString("path", source: source),
            sha256: try object.requireString("sha256", source: source),
            arguments: try object.requireStrings("arguments", source: source),
            overrides: try object.requireStrings("overrides", source: source),
            options: object["options"] == nil
                ? [] : try object.requireStrings("options", source: source),
            textSHA256: object["text_sha256"] == nil
                ? nil : try object.requireString("text_sha256", source: source),
            output: object["output"] == nil
                ? "." : try object.requireString("output", source: source))
    }

    private static func json(of item: StudyItem) -> JSONObject {
        [
            "id": .string(item.id), "label": .string(item.label), "group": .string(item.group),
            "variant": .string(item.variant), "axes": .object(item.axes),
            "seed": item.seed.map { .integer(Int64($0)) } ?? .null,
            "folder": .string(item.folder), "configuration": .object(item.configuration.json),
        ]
    }

    private static func item(_ json: JSONValue, axes: [String], source: String) throws -> StudyItem
    {
        guard let object = json.objectValue else {
            throw FileError.badData(
                source, "the value does not fit", expected: "an object", got: json.kindName)
        }
        let known = [
            "id", "label", "group", "variant", "axes", "seed", "folder", "configuration",
        ]
        try object.requireOnly(known, source: source)
        let values = try object.requireObject("axes", source: source)
        try values.requireOnly(axes, source: "\(source), axes")
        let seed = object["seed"]
        guard seed == .null || seed?.intValue != nil else {
            throw FileError.badData(
                source, "the value of 'seed' does not fit", expected: "a whole number or null",
                got: seed?.kindName ?? "nothing")
        }
        let item = try StudyItem(
            label: object.requireString("label", source: source),
            group: object.requireString("group", source: source),
            variant: object.requireString("variant", source: source),
            axes: JSONObject(axes.compactMap { key in values[key].map { (key, $0) } }),
            seed: seed?.intValue,
            configuration: Configuration(object.requireObject("configuration", source: source)))
        guard try object.requireString("id", source: source) == item.id,
            try object.requireString("folder", source: source) == item.folder
        else {
            throw FileError.badData(
                source,
                "id or folder do not fit label and configuration; the file was changed by hand")
        }
        return item
    }
}
