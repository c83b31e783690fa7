import Builtin
import Glibc
import HireFiles
import HireLua
import HireTestSupport
import HireVLM

/// Runs `Tests/Lua/hostile.lua` on libraries: every function, method and operator with values that it cannot want.
struct HostileCalls {
    /// What came of it.
    struct Outcome {
        var calls = 0
        var errors = 0
        /// Sentences on what was odd.
        var findings: [String] = []
        /// Calls that took longer than a second; nothing is made of it, for machines differ.
        var slowest: [String] = []
        /// Swift objects that were alive after the state was closed.
        var leakedObjects = 0
        /// Bytes of tensors that were alive then, but for what the host itself holds.
        var leakedBytes = 0
        /// Bytes that Lua itself had not given back.
        var leakedLuaBytes = 0
    }

    /// Libraries by name; "" is the one whose functions stand in `hire` itself.
    let names: Set<String>

    func run() throws -> Outcome {
        let folder = try TemporaryFolder()
        // Names that are no paths would end up in whatever folder this is.
        guard chdir(folder.path) == 0 else {
            throw FileError.system(errno, folder.path, "cannot go to")
        }
        let host = HostileHost(outputFolder: folder.path)
        host.catalog = try BuiltinPlugins.catalog()
        let state = try LuaState(host: host)
        try state.install(LibraryList.all + [host.library])
        try state.setGlobal("folder", to: .string(folder.path))
        try state.setGlobal("shared", to: .string(repository + "/Tests/Goldens"))
        try state.run(catalogue, name: "catalogue.lua")
        let source = try SystemFileSystem().readAll(repository + "/Tests/Lua/hostile.lua")
        let values = try state.run(String(decoding: source, as: UTF8.self), name: "hostile.lua")
        var outcome = Outcome()
        if case .integer(let calls) = values[0] { outcome.calls = calls }
        if case .integer(let errors) = values[1] { outcome.errors = errors }
        if case .list(let texts) = values[2] {
            for case .string(let text) in texts { outcome.findings.append(text) }
        }
        if case .list(let texts) = values[3] {
            for case .string(let text) in texts { outcome.slowest.append(text) }
        }
        host.catalog = PluginCatalog()
        state.close()
        outcome.leakedObjects = state.liveObjects
        outcome.leakedLuaBytes = state.luaBytes
        outcome.leakedBytes = host.context.backend.ledger.liveBytes
        return outcome
    }

    // MARK: The catalogue as a script

    private var catalogue: String {
        let chosen = LibraryList.all.filter { names.contains($0.name) }
        var rows: [String] = []
        for library in chosen {
            rows += library.functions.map { row($0, owner: library.name, class: nil) }
            for described in library.classes {
                var members = described.allMethods
                if let call = described.callOrInherited {
                    members.append(
                        ScriptFunction(
                            "()", call.summary, parameters: call.parameters, options: call.options,
                            body: call.body))
                }
                rows += members.map { row($0, owner: described.name, class: described.name) }
            }
        }
        let classes = chosen.flatMap(\.classes).map { "'\($0.name)'" }
        return """
            begin = require("hire").begin.begin
            classes = { \(classes.joined(separator: ", ")) }
            catalogue = {
            \(rows.joined(separator: ",\n"))
            }
            """
    }

    private func row(_ function: ScriptFunction, owner: String, class name: String?) -> String {
        let kinds = function.parameters.map { "'\(kind($0.type))'" }
        let options = function.options.map {
            "{ name = '\($0.name)', kind = '\(kind($0.type))', required = \(!$0.isOptional) }"
        }
        let required = function.parameters.filter { !$0.isOptional }.count
        return """
            { owner = '\(owner)', name = '\(function.name)', class = \(name.map { "'\($0)'" } ?? "nil"), \
            required = \(required), parameters = { \(kinds.joined(separator: ", ")) }, \
            options = { \(options.joined(separator: ", ")) } }
            """
    }

    private func kind(_ type: ScriptType) -> String {
        switch type {
        case .list(let element): "list:" + kind(element)
        case .choice(let names): "choice:" + (names.first ?? "")
        case .object(let name): "object:" + name
        case .either(let types): kind(types[0])
        case .path: "path"
        case .tensor: "tensor"
        case .dimension: "dimension"
        case .dimensions: "dimensions"
        case .index: "index"
        default: type.description
        }
    }
}
