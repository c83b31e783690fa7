import Glibc
import HireArray
import HireFiles
import HireHDF5
import HireLua
import HireShapes
import HireStudies
import HireTensor
import HireVLM

extension FuzzTargets {
    /// What runs leave behind, and what scripts bring.
    static let runs: [FuzzTarget] = [
        FuzzTarget(
            "manifest", tokens: jsonTokens + manifestTokens, format: ManifestFormat()
        ) { bytes in
            let disk = MemoryFileSystem(["r/study.json": bytes])
            guard let manifest = try RunFolder("r", fileSystem: disk).manifest() else {
                throw FuzzFailure(problem: "a manifest that is there was not found")
            }
            let copy = MemoryFileSystem(["r/study.json": Array(try manifest.text().utf8)])
            if try RunFolder("r", fileSystem: copy).manifest() != manifest {
                throw FuzzFailure(problem: "a manifest that was written reads back as another")
            }
            for item in manifest.items where item.folder.contains("/../") {
                throw FuzzFailure(problem: "the folder of '\(item.label)' leads out of the run")
            }
            try requireClosed(disk)
        },
        FuzzTarget("run-folder", tokens: jsonTokens + manifestTokens, format: RunFolderFormat()) {
            bytes in
            var files: [String: [UInt8]] = [:]
            let parts = FolderFormat().split(bytes) ?? []
            for index in stride(from: 0, to: parts.count - 1, by: 2) {
                files[String(decoding: parts[index], as: UTF8.self)] = parts[index + 1]
            }
            let disk = MemoryFileSystem(files)
            let contents = try RunFolder("m", fileSystem: disk).contents()
            _ = try contents.orphans()
            for item in contents.items { _ = item.result?.metrics }
            try requireClosed(disk)
        },
        FuzzTarget("notebook", tokens: jsonTokens + notebookTokens) { bytes in
            let disk = MemoryFileSystem(["n": bytes])
            var notebook = try Notebook(reading: "n", in: disk)
            let cells = notebook.cells
            for cell in cells where cell.isCode { _ = cell.source.utf8.count + cell.outputs.count }
            notebook.cells = cells
            _ = try notebook.text()
            try requireClosed(disk)
        },
        FuzzTarget("lua-values", tokens: jsonTokens) { bytes in
            let value = ScriptValue(
                try JSONParser.parse(bytes, source: "fuzz", limits: limits))
            let once = try throughLua(value)
            if try throughLua(ScriptValue(once)) != once {
                throw FuzzFailure(problem: "a value that passed through Lua passes as another")
            }
        },
        // Each input starts the program, which reads the file first.
        FuzzTarget("hdf5", longest: 1 << 18, most: 2000) { bytes in
            let path = "\(folder)/hire-fuzz-\(UInt64.random(in: .min ... .max)).h5"
            try AtomicWriter().write(bytes, to: path)
            defer { unlink(path) }
            try HDF5Quarantine.open(path).readEverything()
        },
    ]

    private static let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"

    private static func throughLua(_ value: ScriptValue) throws -> JSONValue {
        let state = try LuaState(host: FuzzHost())
        defer { state.close() }
        try state.setGlobal("value", to: value)
        return try state.global("value").json()
    }

    private static let manifestTokens = [
        "\"schema\":\"hire-study-2\"", "run_id", "axes", "items", "configuration", "seed", "../",
        "metrics", "files", "sha256",
    ]
    private static let notebookTokens = [
        "nbformat", "cells", "cell_type", "code", "source", "outputs", "metadata",
        "raises-exception",
    ]
}

/// A host for a state that holds values and runs nothing.
private final class FuzzHost: ScriptHost {
    let context = Context(backend: ShapesBackend())
    var catalog = PluginCatalog()
    let outputFolder = "none"
    let isSmoke = true
    let arguments: [String] = []

    func shapesContext() -> Context { context }
    func making<R>(in context: Context, _ body: () throws -> R) rethrows -> R { try body() }
    func write(_ text: String) {}
    func show(png: [UInt8], path: String) {}
    func progress(_ title: String, total: Int) -> any ScriptProgress { NoProgress() }
    func checkInterrupt() throws {}

    private final class NoProgress: ScriptProgress {
        func update(_ done: Int, note: String) {}
        func finish() {}
    }
}
