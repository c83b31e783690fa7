import Glibc
import HireArray
import HireCPU
import HireShapes
import HireTensor
import HireVLM

/// A host that ends long work after a number of interrupt checks, and can keep the name of the call in a file, so that
/// a crash can be told from the file.
final class HostileHost: ScriptHost {
    private(set) var context = Context(
        backend: CPUBackend(threads: 2, ledger: MemoryLedger(limit: 64 << 20)), seed: 7)
    var catalog = PluginCatalog()
    let outputFolder: String
    let isSmoke = true
    let arguments: [String] = []
    private var checks = 0
    private let trace: UnsafeMutablePointer<FILE>?

    /// Work that asks more often whether it was interrupted is.
    private static let patience = 8

    init(outputFolder: String) {
        self.outputFolder = outputFolder
        trace = getenv("HIRE_TRACE_CALLS").flatMap {
            fopen(String(cString: $0) + ".\(getpid())", "w")
        }
    }

    deinit { if let trace { fclose(trace) } }

    func shapesContext() -> Context { Context(backend: ShapesBackend()) }
    func making<R>(in context: Context, _ body: () throws -> R) rethrows -> R {
        let before = self.context
        self.context = context
        defer { self.context = before }
        return try body()
    }
    func write(_ text: String) {}
    func show(png: [UInt8], path: String) {}
    func progress(_ title: String, total: Int) -> any ScriptProgress { NoProgress() }
    func checkInterrupt() throws {
        checks += 1
        if checks > Self.patience { throw ScriptInterruption() }
    }

    /// `hire.begin.begin`, which the script calls before each call.
    var library: ScriptLibrary {
        nonisolated(unsafe) unowned let host = self
        return ScriptLibrary(
            name: "begin", summary: "Tells the host.",
            functions: [
                ScriptFunction(
                    "begin", "A call begins.",
                    parameters: [ScriptParameter("name", .string, "Its name.")]
                ) {
                    host.checks = 0
                    if let trace = host.trace {
                        fputs(try $0.string("name") + "\n", trace)
                        fflush(trace)
                    }
                    return []
                }
            ])
    }
}

private final class NoProgress: ScriptProgress {
    func update(_ done: Int, note: String) {}
    func finish() {}
}
