import HireVLM

/// `hire.plugins`: what pipelines can be assembled from.
public enum PluginLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "plugins", summary: "The catalogue of encoders, enrichers and other parts.",
        functions: [list])

    private static let list = ScriptFunction(
        "list", "Every plugin of a kind, in the order of the catalogue.",
        parameters: [
            ScriptParameter(
                "kind", .choice(PluginKind.allCases.map(\.scriptName)), "What they provide.")
        ],
        returns: [
            ScriptResult(.list(.table), "`id`, `summary`, `reference` and `origin` of each")
        ],
        example: """
            for _, plugin in ipairs(hire.plugins.list("enricher")) do print(plugin.id, plugin.summary) end
            """
    ) { arguments in
        let name = try arguments.string("kind")
        guard let kind = PluginKind.allCases.first(where: { $0.scriptName == name }) else {
            throw arguments.mismatch("kind", "a kind of plugin")
        }
        return [
            .list(
                arguments.host.catalog.list(kind).map(\.manifest).map { manifest in
                    .fields([
                        ("id", .string(manifest.id)), ("summary", .string(manifest.summary)),
                        ("reference", .string(manifest.reference)),
                        ("origin", .string(manifest.origin)),
                    ])
                })
        ]
    }
}

extension PluginKind {
    /// As recipes write it: `language_model`.
    fileprivate var scriptName: String { noun.split(separator: " ").joined(separator: "_") }
}
