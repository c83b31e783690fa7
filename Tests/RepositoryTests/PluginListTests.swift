import Testing

/// A plugin is a folder, a name in the manifest and a line in the list; forgetting one is told with the line to paste.
@Suite struct PluginListTests {
    @Test func foldersManifestAndListAgree() throws {
        let manifest = try Repository.text("Package.swift")
        let list = try Repository.text("Plugins/Builtin/BuiltinPlugins.swift")
        for folder in try Repository.folders(in: "Plugins") where folder != "Builtin" {
            #expect(
                manifest.contains("\"\(folder)\""),
                "Package.swift: add \"\(folder)\" to the array `plugins`")
            #expect(
                list.contains("import \(folder)\n"),
                "Plugins/Builtin/BuiltinPlugins.swift: add `import \(folder)`")
            #expect(
                list.contains("\(folder)Plugin.self"),
                "Plugins/Builtin/BuiltinPlugins.swift: add `\(folder)Plugin.self,` to the list")
            #expect(
                Repository.exists("Plugins/\(folder)/README.md"),
                "Plugins/\(folder) has no README.md")
        }
    }
}
