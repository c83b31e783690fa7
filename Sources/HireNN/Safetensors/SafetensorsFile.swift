import HireArray
import HireFiles

/// A safetensors file: the header is read and checked at once, each tensor when it is asked for.
///
/// Strict as the reference implementation, and clearer: every refusal names the path, the byte and the tensor. Numbers
/// are read with plain reads, never mapped, so a file cut short meanwhile is an error and not a crash.
public struct SafetensorsFile: WeightSource {
    /// Where the file lies.
    public let path: String
    /// The strings under `__metadata__`.
    public var metadata: [String: String] { header.metadata }
    /// The tensors' names in the order of their bytes.
    public var names: [String] { header.names }
    /// The bytes of all tensors.
    public let dataByteCount: Int

    private let header: SafetensorsHeader
    private let fileSystem: any FileSystem
    private let backend: any Backend

    /// Opens a file and checks its header.
    ///
    /// - Parameter backend: makes the arrays.
    /// - Throws: `FileError`.
    public static func read(
        _ path: String, fileSystem: any FileSystem = SystemFileSystem(), backend: any Backend
    ) throws -> SafetensorsFile {
        guard let status = try fileSystem.status(path) else {
            throw FileError(.missingInput, path: path, problem: "there is no such file")
        }
        guard status.kind == .file else {
            throw FileError(.missingInput, path: path, problem: "this is not a file")
        }
        let size = status.byteCount
        let header = try fileSystem.withFile(path, for: .read) { file in
            let length = try Self.headerLength(file, size, fileSystem)
            let bytes = try fileSystem.readExactly(file, at: 8, count: length)
            return try SafetensorsHeader(bytes, path: path, fileSize: size)
        }
        return SafetensorsFile(
            path: path, dataByteCount: size - header.dataStart, header: header,
            fileSystem: fileSystem, backend: backend)
    }

    private static func headerLength(
        _ file: OpenFile, _ size: Int, _ fileSystem: any FileSystem
    ) throws -> Int {
        guard size >= 8 else {
            throw FileError.badData(
                file.path, at: 0, "the file is too short for a safetensors file",
                expected: "at least 8 bytes", got: "\(size)")
        }
        let bytes = try fileSystem.readExactly(file, at: 0, count: 8)
        let length = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(SafetensorsHeader.longest) else {
            throw FileError.badData(
                file.path, at: 0, "the header is too long; this is hardly a safetensors file",
                expected: "at most \(SafetensorsHeader.longest) bytes", got: "\(length)")
        }
        guard 8 + Int(length) <= size else {
            throw FileError.badData(
                file.path, at: 0,
                "the header runs past the end of the file; the download is incomplete, or this is no "
                    + "safetensors file",
                expected: "\(8 + length) bytes", got: "\(size)")
        }
        return Int(length)
    }

    /// The shape of a tensor, without reading it.
    public func shape(of name: String) -> Shape? { header.entries[name]?.shape }

    /// The dtype of a tensor, without reading it; nil if there is none, or of a type this toolkit does not read.
    public func dtype(of name: String) -> DType? { header.entries[name]?.type.dtype }

    /// Reads a tensor in its stored dtype.
    ///
    /// - Throws: `FileError` with the nearest names for an unknown name, for a dtype this toolkit does not read, or for
    ///   what reading meets; `ArrayError.memory`.
    public func tensor(_ name: String) throws -> NDArray {
        guard let entry = header.entries[name] else {
            throw FileError.badData(
                path, NearestNames.sentence(kind: "tensor", name: name, among: names, shown: 8))
        }
        let start = header.dataStart + entry.range.lowerBound
        guard let dtype = entry.type.dtype else {
            throw FileError.badData(
                path, at: start, "the tensor '\(name)' cannot be read",
                expected:
                    "dtype \(DType.allCases.map(SafetensorsType.name).joined(separator: ", "))",
                got: entry.type.name)
        }
        let array = try backend.allocate(entry.shape, dtype)
        guard let memory = array.storage.pointer, !entry.range.isEmpty else { return array }
        let buffer = UnsafeMutableRawBufferPointer(start: memory, count: entry.range.count)
        try fileSystem.withFile(path, for: .read) { file in
            try fileSystem.readExactly(file, at: start, into: buffer)
        }
        if dtype == .bool, let index = buffer.firstIndex(where: { $0 > 1 }) {
            throw FileError.badData(
                path, at: start + index, "the tensor '\(name)' holds something else than booleans",
                expected: "0 or 1", got: "\(buffer[index])")
        }
        return array
    }

    /// Reads all tensors.
    public func stateDict() throws -> StateDict {
        var state = StateDict()
        for name in names { state[name] = try tensor(name) }
        return state
    }
}
