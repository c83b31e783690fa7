import HireFiles
import HireStudies
import HireVLM

/// What listings say about one plugin.
struct PluginRow {
    private let entry: PluginCatalog.Entry
    private let finding: StandardEncoder.Finding?

    init(_ entry: PluginCatalog.Entry, in catalog: PluginCatalog) {
        self.entry = entry
        finding =
            entry.manifest.kind == .enricher
            ? StandardEncoder.finding(entry.manifest.id, in: catalog) : nil
    }

    var json: JSONValue {
        let manifest = entry.manifest
        var object: JSONObject = [
            "kind": .string(manifest.kind.rawValue), "id": .string(manifest.id),
            "summary": .string(manifest.summary), "reference": .string(manifest.reference),
            "origin": .string(manifest.origin), "defaults": .object(entry.defaults),
        ]
        if !entry.notes.isEmpty {
            object["notes"] = .object(
                JSONObject(
                    entry.notes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
            )
        }
        switch finding {
        case .built(let parameters, let channels, let tokens, let withClassToken):
            object["on"] = .string(
                StandardEncoder.description + (withClassToken ? ", class token" : ""))
            object["parameters"] = .integer(Int64(parameters))
            object["output_channels"] = .integer(Int64(channels))
            object["tokens"] = .integer(Int64(tokens))
        case .refused(let sentence):
            object["on"] = .string(StandardEncoder.description)
            object["problem"] = .string(sentence)
        case nil: break
        }
        return .object(object)
    }

    /// A line, and for enrichers a second one with figures.
    func printLines() {
        let manifest = entry.manifest
        let origin = manifest.origin == "built in" ? "" : "  (\(manifest.origin))"
        print("  " + manifest.id.padding(to: 18) + manifest.summary + origin)
        guard let figures else { return }
        let source = manifest.reference.isEmpty ? "" : "; \(manifest.reference)"
        print("".padding(to: 20) + figures + source)
    }

    /// Everything, options one by one.
    func printPage() throws {
        let manifest = entry.manifest
        print("\(manifest.kind.noun) \(manifest.id)")
        print("  " + manifest.summary)
        let facts = [
            ("reference", manifest.reference), ("origin", manifest.origin),
            (StandardEncoder.description, figures ?? ""),
        ]
        for (name, fact) in facts where !fact.isEmpty { print("  \(name): \(fact)") }
        print(entry.defaults.isEmpty ? "  no options" : "  options and their defaults:")
        let width = (entry.defaults.keys.map(\.count).max() ?? 0) + 2
        for (key, value) in entry.defaults.members {
            let text = try JSONWriter().string(value)
            let note = entry.notes[key].map { "  " + $0 } ?? ""
            print("    " + key.padding(to: width) + text.padding(to: note.isEmpty ? 0 : 18) + note)
        }
    }

    private var figures: String? {
        switch finding {
        case .built(let parameters, let channels, let tokens, let withClassToken):
            "\(grouped(parameters)) parameters, \(channels) channels, \(tokens) tokens"
                + (withClassToken ? " (with class tokens: select_feature = \"cls_patch\")" : "")
        case .refused(let sentence): sentence
        case nil: nil
        }
    }
}
