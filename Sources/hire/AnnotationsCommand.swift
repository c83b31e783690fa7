import ArgumentParser
import HireFiles
import HireLua

/// `hire annotations`.
struct AnnotationsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "annotations",
        abstract:
            "Write the editor definitions and the Lua reference from the descriptions of all functions.",
        discussion: "Run it in the root of the repository; `--check` only compares.")

    @Flag(help: "Write nothing; fail if a file is out of date.")
    var check = false

    func run() throws {
        let files = [
            (GeneratedFiles.annotations, AnnotationWriter(LibraryList.all).text()),
            (GeneratedFiles.manual, ManualWriter(LibraryList.all).text()),
        ]
        for (path, text) in files {
            if check {
                let stored = try SystemFileSystem().readAll(path, limit: 16 << 20)
                if stored != Array(text.utf8) {
                    throw LuaError(
                        kind: .failure, message: "\(path) is out of date; run `hire annotations`.")
                }
            } else {
                try SystemFileSystem().makeFolders(FilePath.folder(of: path))
                try AtomicWriter().write(text, to: path)
                print(path)
            }
        }
    }
}
