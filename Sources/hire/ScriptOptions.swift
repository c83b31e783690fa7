import ArgumentParser
import Builtin
import Foundation
import HireCPU
import HireFiles
import HireLua
import HireTensor
import HireVLM

/// Options of every verb that runs Lua.
struct ScriptOptions: ParsableArguments {
    @Option(help: "The seed of all random numbers.")
    var seed: UInt64 = 0

    @Option(help: "Threads for computing; all cores by default.")
    var threads: Int?

    @Flag(
        name: .customLong("fast-bfloat16"),
        help:
            "Round activations to bfloat16 where they meet bfloat16 weights, as PyTorch does: reading a prompt is twice as fast on processors with AVX512-BF16."
    )
    var roundsBFloat16 = false

    @Flag(
        name: .customLong("check-finite"),
        help:
            "Make every layer look for NaN and infinity, and fail where the first one is made; slow."
    )
    var checksFinite = false
    @Option(
        help:
            "What results may depend on: fast, repeatable (same threads and batches, same bits) or invariant (a sample's bits depend on neither; slower)."
    )
    var determinism = Determinism.repeatable

    @Flag(help: "Print the stack of Lua calls after an error.")
    var traceback = false

    @Option(
        name: .customLong("plugin"), help: "A plugin written in Lua; may be given several times.",
        completion: .file(extensions: ["lua"]))
    var plugins: [String] = []

    func validate() throws {
        if let threads, threads < 1 {
            throw ValidationError("--threads must be at least 1, got \(threads).")
        }
    }

    /// The options that numbers may depend on, as they are written.
    var determiningOptions: [String] {
        var options: [String] = []
        if seed != 0 { options += ["--seed", "\(seed)"] }
        if let threads { options += ["--threads", "\(threads)"] }
        if determinism != .repeatable { options += ["--determinism", determinism.rawValue] }
        if roundsBFloat16 { options.append("--fast-bfloat16") }
        for plugin in plugins { options += ["--plugin", plugin] }
        return options
    }

    /// A state with all libraries and plugins.
    func makeState(
        output: any ScriptOutput = StandardOutput(), folder: String, isSmoke: Bool = false,
        arguments: [String] = []
    ) throws -> LuaState {
        try Machine.requireFeatures()
        let host = try StandardHost(
            context: Machine.context(
                seed: seed, threads: threads,
                bfloat16Products: roundsBFloat16 ? .rounded : .exact,
                determinism: determinism),
            shapesContext: { Machine.shapesContext() }, catalog: BuiltinPlugins.catalog(),
            outputFolder: folder, isSmoke: isSmoke, arguments: arguments, output: output)
        host.context.checksFinite = checksFinite
        let state = try LuaState(host: host)
        try state.install(LibraryList.all)
        let loader = LuaPluginLoader()
        let found = try PluginFolders.standard().flatMap { try loader.files(in: $0) } + plugins
        // A file that is both found and named is one plugin.
        var loaded: Set<String> = []
        for file in found
        where loaded.insert(URL(fileURLWithPath: file).standardizedFileURL.path).inserted {
            try loader.load(file, into: state)
        }
        return state
    }
}
