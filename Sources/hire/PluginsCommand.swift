import ArgumentParser
import HireFiles
import HireLua
import HireVLM

/// `hire plugins`.
struct PluginsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins",
        abstract: "See which encoders, enrichers and other parts there are.",
        subcommands: [PluginsListCommand.self])
}

/// `hire plugins list`.
struct PluginsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List all plugins with their options.")

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var script: ScriptOptions

    func run() throws {
        let state = try script.makeState(folder: "runs/plugins")
        defer { state.close() }
        let catalog = state.host.catalog
        if json {
            let rows = PluginKind.allCases.flatMap { kind in catalog.list(kind).map(row) }
            print(try JSONWriter(layout: .pretty).string(.array(rows)), terminator: "")
            return
        }
        for kind in PluginKind.allCases where !catalog.list(kind).isEmpty {
            print("\(kind.noun):")
            for entry in catalog.list(kind) {
                let origin =
                    entry.manifest.origin == "built in" ? "" : "  (\(entry.manifest.origin))"
                print("  " + entry.manifest.id.padding(to: 18) + entry.manifest.summary + origin)
            }
        }
    }

    private func row(_ entry: PluginCatalog.Entry) -> JSONValue {
        .object([
            "kind": .string(entry.manifest.kind.rawValue), "id": .string(entry.manifest.id),
            "summary": .string(entry.manifest.summary),
            "reference": .string(entry.manifest.reference),
            "origin": .string(entry.manifest.origin), "defaults": .object(entry.defaults),
        ])
    }
}
