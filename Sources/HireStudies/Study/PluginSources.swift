import HireFiles
import HireTensor
import HireVLM

/// Digests of what determines numbers as options do and stands in files, one function for all studies.
///
/// That is plugins in a scripting language with the modules that they required, and files that a recipe names.
enum PluginSources {
    /// Files above this size in a folder that a recipe names count by name and size: weights are loaded and digested apart.
    private static let largestFile = 64 << 20

    /// What a recipe uses, by name; empty for built-in plugins without files.
    ///
    /// - Parameter script: the text of the script, for plugins that are written in it.
    /// - Throws: `FileError` if a file is gone.
    static func digests(
        of recipe: Recipe, _ catalog: PluginCatalog, script: String?,
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws -> JSONObject {
        let choices: [(PluginKind, PluginChoice)] = [
            (.encoder, recipe.encoder), (.enricher, recipe.enricher),
            (.projector, recipe.projector), (.languageModel, recipe.languageModel),
            (.tokenizer, recipe.tokenizer),
        ]
        var digests = JSONObject()
        for (kind, choice) in choices {
            if let entry = catalog.list(kind).first(where: { $0.manifest.id == choice.id }) {
                try add(entry, kind, script, to: &digests, fileSystem)
            }
            for (key, value) in choice.configuration.members {
                guard key == "path" || key.hasSuffix("_path"), let path = value.stringValue,
                    let digest = try digest(path, fileSystem)
                else { continue }
                digests["\(kind.noun) \(choice.id) \(key)"] = .string(digest)
            }
        }
        return digests
    }

    /// All plugins that are not built in, for work of which nobody knows what it uses.
    static func digests(
        of catalog: PluginCatalog, script: String?,
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws -> JSONObject {
        var digests = JSONObject()
        for kind in PluginKind.allCases {
            for entry in catalog.list(kind) {
                try add(entry, kind, script, to: &digests, fileSystem)
            }
        }
        return digests
    }

    /// Ids are unique among plugins of a kind, names of files are not.
    private static func add(
        _ entry: PluginCatalog.Entry, _ kind: PluginKind, _ script: String?,
        to digests: inout JSONObject, _ fileSystem: any FileSystem
    ) throws {
        let origin = entry.manifest.origin
        let name = "\(kind.noun) \(entry.manifest.id)"
        let isFile = try fileSystem.status(origin)?.kind == .file
        if isFile {
            digests["\(name) (\(FilePath.name(of: origin)))"] = .string(
                try SHA256.hex(ofFile: origin, in: fileSystem))
        }
        guard let sources = try entry.sources?() else { return }
        var code = JSONObject(
            sources.modules.sorted { $0.key < $1.key }.map {
                ("module \($0.key)", .string($0.value))
            })
        if !isFile {
            code["function"] = .string(sources.function ?? "unknown")
            if let script { code["script"] = .string(SHA256.hex(of: script.utf8)) }
            for (key, value) in sources.values.sorted(by: { $0.key < $1.key }) {
                code["value \(key)"] = .string(value)
            }
        }
        if !code.isEmpty { digests[name] = .object(code) }
    }

    /// Of a file its bytes, of a folder its files; nil if there is neither.
    private static func digest(_ path: String, _ fileSystem: any FileSystem) throws -> String? {
        guard let status = try fileSystem.status(path) else { return nil }
        if status.kind == .file { return try SHA256.hex(ofFile: path, in: fileSystem) }
        guard status.kind == .folder else { return nil }
        var lines = ""
        for name in try fileSystem.list(path) {
            let file = FilePath.join(path, name)
            guard let status = try fileSystem.status(file), status.kind == .file else { continue }
            let what =
                status.byteCount > largestFile
                ? "\(status.byteCount) bytes" : try SHA256.hex(ofFile: file, in: fileSystem)
            lines += "\(name) \(what)\n"
        }
        return SHA256.hex(of: lines.utf8)
    }
}

extension Context {
    /// Back-end, level of determinism and rounding, as the configurations of items name them.
    var determining: JSONObject {
        var members: JSONObject = [
            "backend": .string(backend.name), "determinism": .string(determinism.rawValue),
        ]
        if backend.identity.roundsBFloat16 { members["bfloat16_products"] = "rounded" }
        return members
    }
}
