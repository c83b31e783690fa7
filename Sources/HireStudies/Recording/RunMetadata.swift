import Foundation
import HireFiles
import HireHDF5
import HireTensor
import HireVLM

/// Where and with what a run was made: the root attributes of its HDF5 files.
///
/// Nothing of it enters a configuration's digest; what tells of a machine or a moment does not enter that of a file either
/// (`HDF5ContentDigest.provenance`).
public struct RunMetadata: Sendable {
    /// The attributes in the order in which they are written; `complete` is not among them.
    public let attributes: [(String, HDF5Value)]

    /// The attributes of a file made with a configuration.
    ///
    /// - Parameters:
    ///   - fileSystem: where the machine's description is read.
    ///   - provenance: with what the study is run; where it is nil, what can be had without a script is told.
    ///   - modelDigest: SHA-256 of the stored model that was looked into, in hexadecimal, where there is one.
    public init(
        _ configuration: Configuration, seed: Int, context: Context,
        fileSystem: any FileSystem = SystemFileSystem(), provenance: Provenance? = nil,
        modelDigest: String? = nil
    ) throws {
        let machine = provenance?.machine ?? MachineIdentity(context, fileSystem: fileSystem)
        var list: [(String, HDF5Value)] = [
            ("schema", "hire-act"), ("schema_version", 1),
            ("toolkit_version", .string(ToolkitVersion.text)),
            ("config_json", .string(try configuration.text())),
            ("config_sha256", .string(try configuration.digest())),
        ]
        if let modelDigest { list.append(("model_sha256", .string(modelDigest))) }
        list += [
            ("seed", .integer(Int64(seed))), ("backend", .string(machine.backend)),
            ("threads", .integer(Int64(machine.threads))),
            ("blas", .string(machine.matrixLibrary)), ("blas_core", .string(machine.matrixKernels)),
            ("cpu", .string(machine.processor)), ("host", .string(machine.host)),
            ("os", .string(machine.system)),
            ("deterministic", .string(context.determinism.rawValue)),
            ("hdf5_version", .string(HDF5Library.version)),
            ("created_utc", .string(RunMetadata.now())),
        ]
        if let provenance { list += RunMetadata.attributes(of: provenance) }
        attributes = list
    }

    private static func attributes(of provenance: Provenance) -> [(String, HDF5Value)] {
        var list: [(String, HDF5Value)] = []
        if let interpreter = provenance.versions["interpreter"] {
            list.append(("interpreter", .string(interpreter)))
        }
        if let script = provenance.script {
            list.append(("script_sha256", .string(script.sha256)))
        }
        guard case .success(let git) = provenance.git else { return list }
        if let commit = git.commit { list.append(("git_commit", .string(commit))) }
        if let branch = git.branch { list.append(("git_branch", .string(branch))) }
        return list + [("git_dirty", .bool(git.isDirty))]
    }

    /// The present moment, ISO 8601 in UTC.
    static func now() -> String {
        let formatter = ISO8601DateFormatter()
        formatter.timeZone = TimeZone(identifier: "UTC")
        return formatter.string(from: Date())
    }
}
