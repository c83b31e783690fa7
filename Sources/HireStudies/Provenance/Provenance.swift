import HireFiles
import HireVLM

/// With what, where and from what a study was run: everything that a reader who wants the same numbers asks for.
///
///     schema            "hire-provenance-1"
///     toolkit, numerics versions of the toolkit and of its numbers
///     script            {path, sha256, arguments, overrides, options}, or null
///     folder            the working folder, from which relative paths count
///     git               {repository, commit, branch, dirty, script_is_known, diff_sha256, diff_bytes, diff_is_cut},
///                       or {problem}
///     host, os, cpu, cores
///     backend, threads, blas, blas_core
///     hdf5, interpreter, swift
///     determinism, seed
///     environment       variables that numbers or places may depend on
///
/// It holds no times, so starts under equal conditions are equal.
public struct Provenance: Sendable, Equatable {
    /// The script, without its text.
    public var script: RunManifest.ScriptIdentity?
    /// The working folder.
    public var folder: String
    /// What git knows of the script's folder.
    public var git: Result<GitState, GitState.Absence>
    /// The machine.
    public var machine: MachineIdentity
    /// Versions of what computes and writes: "hdf5", "interpreter", "swift".
    public var versions: [String: String]
    /// How far bits may depend on threads and batches.
    public var determinism: String
    /// The root of random numbers that the command line gave.
    public var seed: UInt64
    /// Environment variables of `isRecorded`.
    public var environment: [String: String]

    /// Whether a variable of the environment is recorded.
    public static func isRecorded(_ variable: String) -> Bool {
        let names: Set = [
            "OMP_NUM_THREADS", "RANK", "WORLD_SIZE", "LOCAL_RANK", "PMI_RANK", "PMI_SIZE",
            "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE",
        ]
        return names.contains(variable)
            || ["HIRE_", "OPENBLAS_", "SLURM_"].contains { variable.hasPrefix($0) }
    }

    /// The provenance as JSON; equal provenances give equal text.
    public func json() -> JSONObject {
        var object: JSONObject = [
            "schema": "hire-provenance-1", "toolkit": .string(ToolkitVersion.text),
            "numerics": .integer(Int64(ToolkitVersion.numerics)),
            "script": RunManifest.json(of: script), "folder": .string(folder),
            "git": .object(gitJSON), "host": .string(machine.host), "os": .string(machine.system),
            "cpu": .string(machine.processor), "cores": .integer(Int64(machine.cores)),
            "backend": .string(machine.backend), "threads": .integer(Int64(machine.threads)),
            "blas": .string(machine.matrixLibrary), "blas_core": .string(machine.matrixKernels),
            "determinism": .string(determinism),
            "seed": Int64(exactly: seed).map { .integer($0) } ?? .string("\(seed)"),
            "environment": .object(
                JSONObject(
                    environment.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
        ]
        for (name, version) in versions { object[name] = .string(version) }
        return object
    }

    /// The text that is stored.
    func text() throws -> String {
        try JSONWriter(order: .sorted, layout: .pretty).string(.object(json()))
    }

    private var gitJSON: JSONObject {
        switch git {
        case .failure(let absence): return ["problem": .string(absence.rawValue)]
        case .success(let state):
            var object: JSONObject = [
                "repository": .string(state.repository),
                "commit": state.commit.map { .string($0) } ?? .null,
                "branch": state.branch.map { .string($0) } ?? .null,
                "dirty": .bool(state.isDirty),
                "script_is_known": state.knowsScript.map { .bool($0) } ?? .null,
            ]
            if let changes = state.changes {
                object["diff_sha256"] = .string(SHA256.hex(of: changes.diff))
                object["diff_bytes"] = .integer(Int64(changes.diff.count))
                object["diff_is_cut"] = .bool(changes.isCut)
            }
            return object
        }
    }
}
