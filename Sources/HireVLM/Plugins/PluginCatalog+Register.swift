import HireFiles
import HireTensor

extension PluginCatalog {
    /// Registers a vision encoder with a typed configuration.
    ///
    /// - Throws: `PluginError.duplicate`; so do the others below.
    public mutating func encoder<C: PluginConfiguration>(
        _ manifest: PluginManifest, _ configuration: C.Type,
        make: @escaping (C, Context) throws -> any VisionEncoder
    ) throws {
        try add(
            manifest, C.defaults(), notes: C.notes,
            .encoder { try make(C.decode($0, plugin: manifest.id), $1) })
    }

    /// Registers an enricher with a typed configuration.
    public mutating func enricher<C: PluginConfiguration>(
        _ manifest: PluginManifest, _ configuration: C.Type,
        make: @escaping (C, HostShape) throws -> any Enricher
    ) throws {
        try add(
            manifest, C.defaults(), notes: C.notes,
            .enricher { try make(C.decode($0, plugin: manifest.id), $1) })
    }

    /// Registers an enricher whose options are plain JSON (a plugin written in a scripting language).
    ///
    /// - Parameters:
    ///   - defaults: every option; overrides with other keys are refused before `make` is called, which
    ///     gets the defaults with the overrides on top.
    ///   - sources: digests of the code behind it.
    public mutating func enricher(
        _ manifest: PluginManifest, defaults: JSONObject,
        sources: (() throws -> ScriptSources)? = nil,
        make: @escaping (JSONObject, HostShape) throws -> any Enricher
    ) throws {
        try add(
            manifest, defaults, sources: sources,
            .enricher { overrides, host in
                var values = defaults
                for (key, value) in overrides.members {
                    guard defaults[key] != nil else {
                        throw PluginError.unknownKey(
                            plugin: manifest.id,
                            suggestion: NearestNames.sentence(
                                kind: "key", name: key, among: defaults.keys))
                    }
                    values[key] = value
                }
                return try make(values, host)
            })
    }

    /// Registers a projector with a typed configuration.
    public mutating func projector<C: PluginConfiguration>(
        _ manifest: PluginManifest, _ configuration: C.Type,
        make: @escaping (C, ProjectorHost) throws -> any Projector
    ) throws {
        try add(
            manifest, C.defaults(), notes: C.notes,
            .projector { try make(C.decode($0, plugin: manifest.id), $1) })
    }

    /// Registers a language model with a typed configuration.
    public mutating func languageModel<C: PluginConfiguration>(
        _ manifest: PluginManifest, _ configuration: C.Type,
        make: @escaping (C, LanguageModelHost) throws -> any LanguageModel
    ) throws {
        try add(
            manifest, C.defaults(), notes: C.notes,
            .languageModel { try make(C.decode($0, plugin: manifest.id), $1) })
    }

    /// Registers a tokenizer with a typed configuration; `make` also gets the corpus a closed vocabulary must cover.
    public mutating func tokenizer<C: PluginConfiguration>(
        _ manifest: PluginManifest, _ configuration: C.Type,
        make: @escaping (C, [String]) throws -> any Tokenizer
    ) throws {
        try add(
            manifest, C.defaults(), notes: C.notes,
            .tokenizer { try make(C.decode($0, plugin: manifest.id), $1) })
    }

    /// Registers a task with a typed configuration.
    public mutating func task<C: PluginConfiguration>(
        _ manifest: PluginManifest, _ configuration: C.Type,
        make: @escaping (C) throws -> any Task
    ) throws {
        try add(
            manifest, C.defaults(), notes: C.notes,
            .task { try make(C.decode($0, plugin: manifest.id)) })
    }
}
