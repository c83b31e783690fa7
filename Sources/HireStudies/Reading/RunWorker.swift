import Foundation
import HireFiles

/// Who works on an item, as its lease in `leases/` says.
public struct RunWorker: Sendable, Equatable {
    /// The machine.
    public var host: String
    /// The process.
    public var process: Int
    /// Seconds since the last sign of life, as the file system's clock tells.
    public var age: Double
    private var identity: ProcessIdentity

    /// The workers of a run, by item id, but for those that are known to be dead; leases that cannot be read are left to
    /// `hire verify`.
    ///
    /// - Parameter now: seconds since 1970.
    static func all(in folder: RunFolder, now: Double) throws -> [String: RunWorker] {
        var found: [String: RunWorker] = [:]
        for name in try names(in: folder) {
            let path = folder.location("\(RunLease.folderName)/\(name)")
            // It may be gone by now: whoever held it is done.
            guard let status = try? folder.fileSystem.status(path),
                let worker = try? read(path, folder.fileSystem, age: now - status.modified)
            else { continue }
            if worker.identity.isGone { continue }
            found[String(name.dropLast(5))] = worker
        }
        return found
    }

    /// The names of the leases, sorted.
    static func names(in folder: RunFolder) throws -> [String] {
        let path = folder.location(RunLease.folderName)
        guard try folder.fileSystem.exists(path) else { return [] }
        return try folder.fileSystem.list(path).filter {
            $0.hasSuffix(".json") && !AtomicWriter.isTemporary($0)
        }
    }

    static func read(_ path: String, _ fileSystem: any FileSystem, age: Double) throws -> RunWorker
    {
        let identity = try RunLease.Holder(reading: path, in: fileSystem).process
        return RunWorker(
            host: identity.host, process: identity.process, age: max(age, 0), identity: identity)
    }
}
