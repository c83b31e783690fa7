import Glibc

/// Writes files that are either there whole or not there at all.
///
/// The bytes go to a temporary name beside the target, are put on the disk, and only then take the target's
/// name; the folder is put on the disk last. Whoever looks sees the old file or the new one, never a part.
/// If anything fails the temporary file is removed; only a killed process leaves one (see `removeLeftovers`).
public struct AtomicWriter: Sendable {
    /// Where the files go.
    public let fileSystem: any FileSystem

    /// A writer over a file system.
    public init(fileSystem: any FileSystem = SystemFileSystem()) {
        self.fileSystem = fileSystem
    }

    /// Writes all bytes as the file at `path`.
    public func write(_ bytes: [UInt8], to path: String) throws {
        try bytes.withUnsafeBytes { try write($0, to: path) }
    }

    /// Writes text in UTF-8 as the file at `path`.
    public func write(_ text: String, to path: String) throws {
        try write(Array(text.utf8), to: path)
    }

    /// Writes all bytes as the file at `path`.
    public func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
        try write(to: path) { append in
            for start in stride(from: 0, to: bytes.count, by: AtomicWriter.pieceBytes) {
                let end = min(start + AtomicWriter.pieceBytes, bytes.count)
                try append(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            }
        }
    }

    /// Writes a file piece by piece: the body calls `append` with each.
    ///
    /// - Throws: `FileError` of the step that failed, or what the body throws. The target then holds what it held
    ///   before; or, if only the very last step failed, the new file, whole.
    public func write(
        to path: String, _ body: (_ append: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        let folder = FilePath.folder(of: path)
        let (file, temporary) = try openTemporary(for: path, in: folder)
        do {
            do {
                var (written, begun) = (0, 0)
                try body { bytes in
                    try fileSystem.writeAll(file, bytes)
                    written += bytes.count
                    // The disk works while the rest is copied; else it would begin with the synchronisation.
                    guard written - begun >= AtomicWriter.pieceBytes else { return }
                    fileSystem.beginSynchronising(file, at: begun, byteCount: written - begun)
                    begun = written
                }
                try fileSystem.repeatingInterrupted { try fileSystem.synchronise(file) }
            } catch {
                try? fileSystem.close(file)
                throw error
            }
            try fileSystem.close(file)
            try fileSystem.rename(temporary, to: path)
        } catch {
            try? fileSystem.removeFile(temporary)
            throw renamed(error, from: temporary, to: path)
        }
        try fileSystem.repeatingInterrupted { try fileSystem.synchroniseFolder(folder) }
    }

    /// Whether a file name is one that this writer uses before the final one.
    public static func isTemporary(_ name: String) -> Bool {
        name.hasPrefix(".") && name.hasSuffix(temporaryEnding)
    }

    /// Removes the temporary files that killed processes left in a folder; returns their names.
    ///
    /// Call it only while no other process writes into the folder.
    @discardableResult
    public func removeLeftovers(in folder: String) throws -> [String] {
        let names = try fileSystem.list(folder).filter(AtomicWriter.isTemporary)
        for name in names { try fileSystem.removeFile(FilePath.join(folder, name)) }
        return names
    }

    private static let pieceBytes = 4 << 20
    private static let temporaryEnding = ".hire-tmp"

    private func openTemporary(for path: String, in folder: String) throws -> (OpenFile, String) {
        // A name may take 255 bytes; the random part and the ending need 28 of them.
        let stem = FilePath.name(of: path).prefix(50)
        while true {
            let random = String(UInt64.random(in: .min ... .max), radix: 36)
            let name = ".\(stem).\(random)\(AtomicWriter.temporaryEnding)"
            let temporary =
                folder == "." && !path.hasPrefix("./") ? name : FilePath.join(folder, name)
            do {
                let file = try fileSystem.repeatingInterrupted {
                    try fileSystem.open(temporary, for: .createNew)
                }
                return (file, temporary)
            } catch let error as FileError where error.errorNumber == EEXIST {
                continue
            } catch {
                throw renamed(error, from: temporary, to: path)
            }
        }
    }

    /// Users know the final name, not the temporary one.
    private func renamed(_ error: any Error, from temporary: String, to path: String) -> any Error {
        guard var fileError = error as? FileError, fileError.path == temporary else { return error }
        fileError.path = path
        return fileError
    }
}
