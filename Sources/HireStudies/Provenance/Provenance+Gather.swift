import Foundation
import HireFiles
import HireHDF5
import HireTensor
import HireVLM

extension Provenance {
    /// What a study is about to be run with.
    ///
    /// Takes as long as git takes, at most ten seconds; a missing git or repository is recorded and is no error.
    ///
    /// - Parameters:
    ///   - script: the script's identity, where there is one.
    ///   - interpreter: what runs the script, such as "Lua 5.4.4".
    ///   - context: where the study is computed, as it was given by the command line.
    public init(
        script: RunManifest.ScriptIdentity?, interpreter: String = "", context: Context,
        fileSystem: any FileSystem = SystemFileSystem(),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.script = script
        folder = FileManager.default.currentDirectoryPath
        git = GitState.read(
            script.map { FilePath.folder(of: $0.path) } ?? ".",
            script: script.map { FilePath.name(of: $0.path) })
        machine = MachineIdentity(context, fileSystem: fileSystem)
        versions = ["hdf5": HDF5Library.version, "swift": Provenance.compiler]
        if !interpreter.isEmpty { versions["interpreter"] = interpreter }
        determinism = context.determinism.rawValue
        seed = context.random.seed
        self.environment = environment.filter { Provenance.isRecorded($0.key) }
    }

    /// The compiler that made this program, as far as a program can tell.
    private static var compiler: String {
        #if compiler(>=6.5)
            "6.5 or newer"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
