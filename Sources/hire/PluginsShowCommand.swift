import ArgumentParser
import HireFiles
import HireLua
import HireVLM

/// `hire plugins show ID`.
struct PluginsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Say everything about one plugin and its options.")

    @Argument(help: "The plugin's id, as recipes name it.")
    var id: String

    @Option(help: "Its kind, where plugins of several kinds have this id.")
    var kind: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var script: ScriptOptions

    func run() throws {
        let kinds = try kind.map { [try PluginKind.named($0)] } ?? PluginKind.allCases
        let state = try script.makeState(folder: "runs/plugins")
        defer { state.close() }
        let catalog = state.host.catalog
        let all = kinds.flatMap(catalog.list)
        let found = all.filter { $0.manifest.id == id }
        guard !found.isEmpty else {
            throw PluginError.unknown(
                suggestion: NearestNames.sentence(
                    kind: kinds.count == 1 ? kinds[0].noun : "plugin", name: id,
                    among: all.map(\.manifest.id)))
        }
        let rows = found.map { PluginRow($0, in: catalog) }
        if json {
            print(
                try JSONWriter(layout: .pretty).string(.array(rows.map(\.json))), terminator: "")
        } else {
            for row in rows { try row.printPage() }
        }
    }
}
