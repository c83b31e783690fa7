import HireFiles
import HireTensor

/// The plugins that exist, by kind and id: a value that is passed to whoever makes pipelines.
///
/// Swift plugins come in through the visible list in Plugins/Builtin, Lua plugins through a scan of folders at start-up;
/// afterwards nobody can tell which is which.
public struct PluginCatalog {
    /// One registered plugin.
    public struct Entry {
        /// What it says about itself.
        public let manifest: PluginManifest
        /// Its options with their defaults.
        public let defaults: JSONObject
        /// What the options mean, by key; not every plugin says it.
        public let notes: [String: String]
        /// Of a plugin in a scripting language: digests of the code behind it, as of this moment.
        public let sources: (() throws -> ScriptSources)?
        let make: Maker
    }

    enum Maker {
        case encoder((JSONObject, Context) throws -> any VisionEncoder)
        case enricher((JSONObject, HostShape) throws -> any Enricher)
        case projector((JSONObject, ProjectorHost) throws -> any Projector)
        case languageModel((JSONObject, LanguageModelHost) throws -> any LanguageModel)
        case tokenizer((JSONObject, [String]) throws -> any Tokenizer)
        case task((JSONObject) throws -> any Task)
    }

    private var entries: [PluginKind: [Entry]] = [:]

    /// An empty catalogue.
    public init() {}

    /// Every entry of a kind, in the order of registration.
    public func list(_ kind: PluginKind) -> [Entry] { entries[kind] ?? [] }

    /// The entry with an id.
    ///
    /// - Throws: `PluginError.unknown` with the nearest ids.
    public func entry(_ kind: PluginKind, _ id: String) throws -> Entry {
        let known = list(kind)
        guard let found = known.first(where: { $0.manifest.id == id }) else {
            throw PluginError.unknown(
                suggestion: NearestNames.sentence(
                    kind: kind.noun, name: id, among: known.map(\.manifest.id)))
        }
        return found
    }

    mutating func add(
        _ manifest: PluginManifest, _ defaults: JSONObject, notes: [String: String] = [:],
        sources: (() throws -> ScriptSources)? = nil, _ make: Maker
    ) throws {
        if let other = list(manifest.kind).first(where: { $0.manifest.id == manifest.id }) {
            throw PluginError.duplicate(
                kind: manifest.kind, id: manifest.id, first: other.manifest.origin,
                second: manifest.origin)
        }
        entries[manifest.kind, default: []].append(
            Entry(
                manifest: manifest, defaults: defaults, notes: notes, sources: sources, make: make))
    }
}

/// What a projector is built between.
public struct ProjectorHost {
    /// Channels of the enriched map.
    public let inputChannels: Int
    /// Width of the language model's embeddings.
    public let outputSize: Int
    /// Where parameters are made.
    public let context: Context
}

/// What a language model is built for.
public struct LanguageModelHost {
    /// Entries of the tokenizer's vocabulary.
    public let vocabularySize: Int
    /// Where parameters are made.
    public let context: Context
}
