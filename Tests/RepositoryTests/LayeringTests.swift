import Testing

/// SwiftPM lets transitive imports through, so the layers are checked here, import by import.
@Suite struct LayeringTests {
    /// What each target may import beside Swift's own modules: the table of ARCHITECTURE.md.
    static let allowed: [String: Set<String>] = {
        var table: [String: Set<String>] = [
            "HireArray": [], "HireFiles": ["CDigestShims"],
            "HireReference": ["HireArray"],
            "HireCPU": ["HireArray", "COpenBLAS", "CVectorShims"],
            "HireShapes": ["HireArray"],
            "HireTensor": ["HireArray"],
            "HireNN": ["HireTensor", "HireArray", "HireFiles"],
            "HireHDF5": ["HireArray", "HireFiles", "CHDF5", "CHDF5Shims", "CDigestShims"],
            "HireImaging": [
                "HireArray", "HireFiles", "CPNG", "CPNGShims", "CTurboJPEG", "CWebP",
            ],
        ]
        table["HireVLM"] = ["HireNN", "HireTensor", "HireArray", "HireImaging", "HireFiles"]
        table["HireStudies"] = table["HireVLM"]?.union(["HireVLM", "HireHDF5"])
        table["HireLua"] = table["HireStudies"]?.union(["HireStudies", "CLua", "CLuaShims"])
        table["hire"] = table["HireStudies"]?.union([
            "HireStudies", "HireLua", "HireCPU", "HireReference", "HireShapes", "Builtin",
            "ArgumentParser",
        ])
        return table
    }()

    static let plugin = allowed["HireVLM", default: []].union(["HireVLM"])
    static let system: Set<String> = ["Foundation", "Dispatch", "Glibc", "Musl", "Synchronization"]

    @Test func everyImportGoesDownwards() throws {
        var offences: [String] = []
        for path in Repository.files(in: ["Sources", "Plugins"], endings: [".swift"]) {
            let parts = path.split(separator: "/")
            let target = String(parts[1])
            let permitted: Set<String>
            if parts[0] == "Plugins" {
                permitted = target == "Builtin" ? Self.plugin.union(try plugins()) : Self.plugin
            } else {
                permitted = try #require(
                    Self.allowed[target], "\(target) is missing from the table")
            }
            for (number, line) in try Repository.lines(path).enumerated() {
                guard let module = importedModule(line) else { continue }
                if !permitted.contains(module) && !Self.system.contains(module) {
                    offences.append("\(path):\(number + 1): \(line)")
                }
            }
        }
        #expect(
            offences.isEmpty, "Imports that the layers forbid:\n\(offences.joined(separator: "\n"))"
        )
    }

    @Test func onlyTheProgramNamesABackEnd() throws {
        let folders = ["HireTensor", "HireNN", "HireVLM", "HireStudies", "HireLua"].map {
            "Sources/\($0)"
        }
        for path in Repository.files(in: folders + ["Plugins"], endings: [".swift"]) {
            let text = try Repository.text(path)
            #expect(!text.contains("CPUBackend"), "\(path) names the CPU back-end")
            #expect(!text.contains("ReferenceBackend"), "\(path) names the reference back-end")
        }
    }

    @Test func theCheckSeesAForbiddenImport() {
        #expect(importedModule("import HireLua") == "HireLua")
        #expect(importedModule("@testable import HireNN") == "HireNN")
        #expect(importedModule("import func Foundation.floor") == "Foundation")
        #expect(importedModule("// import HireLua") == nil)
    }

    private func plugins() throws -> [String] {
        try Repository.folders(in: "Plugins").filter { $0 != "Builtin" }
    }

    /// The module that a line imports, or nil.
    private func importedModule(_ line: Substring) -> String? {
        var words = line.split(whereSeparator: { $0 == " " }).map(String.init)
        while let first = words.first,
            first.hasPrefix("@") || ["public", "internal", "private"].contains(first)
        {
            words.removeFirst()
        }
        guard words.first == "import", words.count > 1 else { return nil }
        let kinds: Set<String> = [
            "func", "struct", "class", "enum", "protocol", "typealias", "let", "var",
        ]
        let name = kinds.contains(words[1]) ? words.dropFirst(2).first ?? "" : words[1]
        return name.split(whereSeparator: { $0 == "." }).first.map(String.init)
    }
}
