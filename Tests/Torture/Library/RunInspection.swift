import Foundation
import HireFiles
import HireHDF5

/// A run's folder read by rules of its own, not by the code that is tried: what its journals call done has to be there.
public struct RunInspection {
    /// Ids of items that a journal calls done, with the digest of each file.
    public private(set) var done: [String: [String: String]] = [:]
    /// What is not as it must be, one sentence each.
    public private(set) var problems: [String] = []
    /// Files that HDF5 opened.
    public private(set) var openedFiles = 0
    /// Last lines that are not whole, as a killed process leaves them.
    public private(set) var tornLines = 0

    /// Looks at a folder; one that does not exist has nothing done and no problems.
    public init(_ folder: String) throws {
        let disk = SystemFileSystem()
        let journals = folder + "/journal"
        guard try disk.exists(journals) else { return }
        for name in try disk.list(journals) where name.hasSuffix(".jsonl") {
            try read(journals + "/" + name, disk)
        }
        for (item, files) in done {
            for (name, digest) in files {
                let path = folder + "/" + name
                guard try disk.exists(path) else {
                    problems.append("item \(item) is done and \(name) is not there")
                    continue
                }
                if try SHA256.hex(ofFile: path, in: disk) != digest {
                    problems.append("item \(item) is done and \(name) has other bytes")
                }
            }
        }
        try openFiles(in: folder, disk)
    }

    private mutating func read(_ path: String, _ disk: SystemFileSystem) throws {
        let text = String(decoding: try disk.readAll(path), as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if let last = lines.popLast(), !last.isEmpty { tornLines += 1 }
        for (number, line) in lines.enumerated() {
            guard case .object(let record)? = try? JSONParser.parse(String(line), source: path)
            else {
                problems.append("\(path): line \(number + 1) is no JSON")
                continue
            }
            guard record["state"]?.stringValue == "done",
                let item = record["item"]?.stringValue
            else { continue }
            var files: [String: String] = [:]
            for (name, file) in record["files"]?.objectValue?.members ?? [] {
                files[name] = file.objectValue?["sha256"]?.stringValue ?? "absent"
            }
            done[item] = files
        }
    }

    /// Opens every HDF5 file under its final name; a file is whole or not there.
    private mutating func openFiles(in folder: String, _ disk: SystemFileSystem) throws {
        var folders = [folder]
        while let next = folders.popLast() {
            for name in try disk.list(next) {
                let path = next + "/" + name
                guard let status = try? disk.status(path) else { continue }
                if status.kind == .folder { folders.append(path) }
                guard name.hasSuffix(".h5"), !AtomicWriter.isTemporary(name) else { continue }
                do {
                    _ = try HDF5Reader(path)
                    openedFiles += 1
                } catch {
                    problems.append("\(path) cannot be opened: \(error)")
                }
            }
        }
    }
}
