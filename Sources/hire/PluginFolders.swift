import HireFiles
import HireLua

/// Where plugins written in Lua are looked for.
struct PluginFolders {
    /// Plugins/ here, or else beside the program's own sources, and the folders on HIRE_PLUGINS (separated by colons).
    static func standard() throws -> [String] {
        let system = SystemFileSystem()
        var folders: [String] = []
        if try system.status("Plugins")?.kind == .folder {
            folders.append("Plugins")
        } else if let home = try sourceFolder(system) {
            folders.append(FilePath.join(home, "Plugins"))
        }
        for folder in (Terminal.environment("HIRE_PLUGINS") ?? "").split(separator: ":").map(
            String.init)
        {
            guard try system.status(folder)?.kind == .folder else {
                throw FileError(
                    .missingInput, path: folder,
                    problem: "HIRE_PLUGINS names a folder that does not exist")
            }
            folders.append(folder)
        }
        return folders
    }

    /// The repository in whose .build folder this program lies.
    private static func sourceFolder(_ system: SystemFileSystem) throws -> String? {
        guard var folder = Machine.programPath() else { return nil }
        for _ in 0..<6 {
            folder = FilePath.folder(of: folder)
            if folder.isEmpty || folder == "/" { return nil }
            if try system.exists(FilePath.join(folder, "Package.swift")) { return folder }
        }
        return nil
    }
}
