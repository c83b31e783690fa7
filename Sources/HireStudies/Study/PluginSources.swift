import HireFiles
import HireVLM

/// Digests of the files of plugins that are written in a scripting language: their text determines numbers as options do.
enum PluginSources {
    /// SHA-256 by file name of what a recipe uses; empty for built-in plugins.
    ///
    /// - Throws: `FileError` if a file is gone.
    static func digests(
        of recipe: Recipe, _ catalog: PluginCatalog, fileSystem: any FileSystem = SystemFileSystem()
    ) throws -> JSONObject {
        let choices: [(PluginKind, PluginChoice)] = [
            (.encoder, recipe.encoder), (.enricher, recipe.enricher),
            (.projector, recipe.projector), (.languageModel, recipe.languageModel),
            (.tokenizer, recipe.tokenizer),
        ]
        var digests = JSONObject()
        for (kind, choice) in choices {
            guard let entry = catalog.list(kind).first(where: { $0.manifest.id == choice.id }),
                try fileSystem.status(entry.manifest.origin)?.kind == .file
            else { continue }
            let path = entry.manifest.origin
            digests[FilePath.name(of: path)] = .string(
                try SHA256.hex(ofFile: path, in: fileSystem))
        }
        return digests
    }
}
