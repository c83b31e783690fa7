import Foundation
import Glibc
import HireFiles
import HireLua
import HireTensor
import HireVLM

extension Benchmark {
    /// What scripting costs: calls from Lua into Swift, and starting the program.
    static let scripting: [Benchmark] = [
        Benchmark(
            name: "lua-call",
            summary: "one `a:add(b)` from Lua on tensors of 4 numbers (10,000 calls, divided)",
            multiplyAdds: 0, repeats: 10_000
        ) { host in
            let state = try LuaState(
                host: StandardHost(
                    context: host.context, shapesContext: { Machine.shapesContext() },
                    catalog: PluginCatalog(), outputFolder: "", isSmoke: false, arguments: [],
                    output: StandardOutput()))
            try state.install(LibraryList.all)
            _ = try state.run(
                """
                local hire = require "hire"
                local a, b = hire.tensor.ones({4}), hire.tensor.ones({4})
                function calls(n) for _ = 1, n do local c = a:add(b) end end
                """, name: "bench")
            return { _ = try state.run("calls(10000)", name: "bench") }
        },
        Benchmark(
            name: "start-up", summary: "`hire run` of an empty script, whole process",
            multiplyAdds: 0
        ) { _ in
            let folder = FileManager.default.temporaryDirectory.path
            let script = FilePath.join(
                folder, "hire-bench-empty-\(ProcessInfo.processInfo.processIdentifier).lua")
            try AtomicWriter().write("", to: script)
            let program = CommandLine.arguments[0]
            return { try spawn([program, "run", script, "--out", folder]) }
        },
    ]

    /// Runs a program to its end, with nothing of Foundation's own overhead in the time.
    private static func spawn(_ arguments: [String]) throws {
        var process = pid_t()
        let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        let words = arguments.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { (words + variables).forEach { free($0) } }
        let failure = posix_spawn(&process, arguments[0], nil, nil, words, variables)
        guard failure == 0 else {
            throw FileError.system(failure, arguments[0], "cannot be started")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1, errno == EINTR {}
    }
}
