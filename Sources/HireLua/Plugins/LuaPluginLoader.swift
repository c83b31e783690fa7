import HireFiles
import HireVLM

/// Finds plugins written in Lua and adds them to a catalogue: one file, one plugin, no rebuild.
public struct LuaPluginLoader {
    private let fileSystem: any FileSystem
    private static let largest = 4 << 20

    /// A loader that reads through a file system.
    public init(fileSystem: any FileSystem = SystemFileSystem()) { self.fileSystem = fileSystem }

    /// The Lua files directly in a folder, sorted; none if there is no such folder.
    ///
    /// - Throws: `FileError` if the folder cannot be read.
    public func files(in folder: String) throws -> [String] {
        guard try fileSystem.status(folder)?.kind == .folder else { return [] }
        return try fileSystem.list(folder).filter { $0.hasSuffix(".lua") && !$0.hasPrefix(".") }
            .sorted()
            .map { FilePath.join(folder, $0) }
    }

    /// Runs a plugin's file in a state and registers what it returns, with the path as its origin.
    ///
    /// - Throws: `LuaError` naming the file, whatever is wrong with it: a broken plugin is never skipped.
    public func load(_ path: String, into state: LuaState) throws {
        do {
            let source = String(
                decoding: try fileSystem.readAll(path, limit: Self.largest), as: UTF8.self)
            let results = try state.run(source, name: path)
            guard case .object(let plugin as EnricherDescription)? = results.first else {
                let got = (results.first ?? .none).typeName
                throw ScriptError.message("the file must return hire.enricher { … }, got \(got).")
            }
            try plugin.register(in: &state.host.catalog, origin: path)
        } catch {
            let report = ErrorReport(error)
            throw LuaError(
                kind: report.kind == .missing ? .missing : .config,
                message: "The plugin \(path) cannot be used: \(report.message)",
                traceback: report.traceback)
        }
    }
}
