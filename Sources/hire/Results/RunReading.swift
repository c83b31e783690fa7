import ArgumentParser
import HireFiles
import HireLua
import HireStudies

/// What all verbs that read a run's folder share.
enum RunReading {
    /// The folder as it is now.
    ///
    /// - Throws: `FileError`: nothing there, no run, damage.
    static func contents(_ path: String) throws -> RunContents {
        guard let status = try SystemFileSystem().status(path) else {
            throw FileError(.missingInput, path: path, problem: "there is no such folder")
        }
        guard status.kind == .folder else {
            throw FileError(
                .missingInput, path: path, problem: "this is no run", expected: "a folder",
                got: "a file")
        }
        return try RunFolder(path).contents()
    }

    /// Runs a body in which names that the user chose may be wrong, which is wrong usage.
    static func checkingNames<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as TableError {
            Terminal.writeError("hire: \(error)\n")
        } catch let error as GlobError {
            Terminal.writeError("hire: \(error)\n")
        }
        Machine.flush()
        throw ProgramExit(code: 64)
    }

    /// Data: to standard output, as it is.
    static func write(_ text: String) { print(text, terminator: "") }

    /// JSON: to standard output.
    static func write(_ json: JSONObject) throws {
        write(try JSONWriter(layout: .pretty).string(.object(json)))
    }

    /// What is worth knowing and no data: to standard error.
    static func note(_ sentences: [String]) {
        for sentence in sentences { Terminal.writeError("hire: \(sentence)\n") }
    }
}

/// The argument that all of them have.
struct RunArgument: ParsableArguments {
    @Argument(help: "A run's folder, as --out named it.", completion: .directory)
    var run: String
}
