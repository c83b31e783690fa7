import ArgumentParser
import HireFiles
import HireLua
import HireVLM

/// `hire plugins`.
struct PluginsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins",
        abstract: "See which encoders, enrichers and other parts there are.",
        subcommands: [PluginsListCommand.self, PluginsShowCommand.self])
}

/// `hire plugins list`.
struct PluginsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List all plugins, or those of one kind.",
        discussion: """
            Enrichers are shown as they are behind CLIP's ViT-L/14 at 336 px with a high view of 672 px; nothing is \
            computed for that but shapes.
            """)

    @Argument(help: "A kind: encoder, enricher, projector, language-model, tokenizer or task.")
    var kind: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var script: ScriptOptions

    func run() throws {
        let kinds = try kind.map { [try PluginKind.named($0)] } ?? PluginKind.allCases
        let state = try script.makeState(folder: "runs/plugins")
        defer { state.close() }
        let catalog = state.host.catalog
        if json {
            let rows = kinds.flatMap { kind in
                catalog.list(kind).map { PluginRow($0, in: catalog).json }
            }
            print(try JSONWriter(layout: .pretty).string(.array(rows)), terminator: "")
            return
        }
        for kind in kinds where !catalog.list(kind).isEmpty {
            print(
                kind == .enricher ? "enricher (\(StandardEncoder.description)):" : "\(kind.noun):")
            for entry in catalog.list(kind) { PluginRow(entry, in: catalog).printLines() }
        }
    }
}

extension PluginKind {
    /// The kind with a name as users write it.
    ///
    /// - Throws: `ValidationError` with the nearest names.
    static func named(_ name: String) throws -> PluginKind {
        let plain = { (text: String) in
            text.lowercased().filter { $0 != " " && $0 != "-" && $0 != "_" }
        }
        guard let found = allCases.first(where: { plain($0.rawValue) == plain(name) }) else {
            throw ValidationError(
                NearestNames.sentence(
                    kind: "kind of plugin", name: name,
                    among: allCases.map { $0.noun.replacing(" ", with: "-") }))
        }
        return found
    }
}
