import HireFiles
import HireVLM

/// What a script says about an enricher: `hire.enricher { … }`.
final class EnricherDescription: ScriptObject {
    let id: String
    let summary: String
    let reference: String
    let defaults: JSONObject
    let new: LuaFunction?
    let forward: LuaFunction

    init(
        id: String, summary: String, reference: String, defaults: JSONObject, new: LuaFunction?,
        forward: LuaFunction
    ) {
        self.id = id
        self.summary = summary
        self.reference = reference
        self.defaults = defaults
        self.new = new
        self.forward = forward
    }

    var scriptDescription: String { "enricher '\(id)': \(summary)" }

    static let scriptClass = ScriptClass(
        name: "hire.EnricherPlugin", summary: "An enricher written in Lua.",
        methods: [
            ScriptFunction(
                "register", "Makes the enricher available by its id, in this run only."
            ) { arguments in
                try arguments.receiver(EnricherDescription.self).register(
                    in: &arguments.host.catalog, origin: "this script")
                return []
            }
        ],
        properties: [
            ScriptProperty("id", .string, "The name by which recipes ask for it.") {
                .string(($0 as? EnricherDescription)?.id ?? "")
            }
        ])

    /// Adds it to a catalogue.
    func register(in catalog: inout PluginCatalog, origin: String) throws {
        try catalog.enricher(
            PluginManifest(
                id: id, kind: .enricher, summary: summary, reference: reference, origin: origin),
            defaults: defaults, sources: { try self.sources() }
        ) { configuration, host in
            try LuaEnricher(self, configuration, for: host)
        }
    }

    /// Digests of `new` and `forward`, of what they reach, and of the modules that were required.
    private func sources() throws -> ScriptSources {
        var sources = try forward.sources()
        guard let made = try new?.sources() else { return sources }
        sources.function = "\(made.function ?? "none") \(sources.function ?? "none")"
        sources.modules.merge(made.modules) { first, _ in first }
        for (name, value) in made.values { sources.values["new \(name)"] = value }
        return sources
    }

    /// What the author's `new` learns about the stages before.
    static func value(of host: HostShape) -> ScriptValue {
        .table([
            (key: "channels", value: .integer(host.channels)),
            (key: "grid", value: .list([.integer(host.grid.x), .integer(host.grid.y)])),
            (key: "prefix_tokens", value: .integer(host.prefixTokens)),
            (key: "low_resolution", value: .integer(host.lowResolution)),
            (key: "high_resolution", value: .integer(host.highResolution)),
        ])
    }
}
