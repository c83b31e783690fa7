import ArgumentParser
import HireFiles
import HireLua
import HireVLM

/// Options of every verb that runs Lua.
struct ScriptOptions: ParsableArguments {
    @Option(help: "The seed of all random numbers.")
    var seed: UInt64 = 0

    @Option(help: "Threads for computing; all cores by default.")
    var threads: Int?

    @Flag(help: "Print the stack of Lua calls after an error.")
    var traceback = false

    func validate() throws {
        if let threads, threads < 1 {
            throw ValidationError("--threads must be at least 1, got \(threads).")
        }
    }

    /// A state with all libraries and plugins.
    func makeState(
        output: any ScriptOutput = StandardOutput(), folder: String, isSmoke: Bool = false,
        arguments: [String] = []
    ) throws -> LuaState {
        try Machine.requireFeatures()
        let host = StandardHost(
            context: Machine.context(seed: seed, threads: threads),
            shapesContext: { Machine.shapesContext() }, catalog: PluginCatalog(),
            outputFolder: folder, isSmoke: isSmoke, arguments: arguments, output: output)
        let state = try LuaState(host: host)
        try state.install(LibraryList.all)
        return state
    }
}
