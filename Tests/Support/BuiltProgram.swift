import Foundation
import HireFiles

/// Where a program lies that is built beside the tests.
public enum BuiltProgram {
    /// The path of a program of this name in the folder of the running tests or above it.
    public static func path(_ name: String) -> String {
        var folder = CommandLine.arguments[0]
        while !folder.isEmpty, folder != "/" {
            folder = FilePath.folder(of: folder)
            let candidate = FilePath.join(folder, name)
            if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
        }
        return ".build/debug/\(name)"
    }
}
