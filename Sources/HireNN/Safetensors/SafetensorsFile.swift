import HireArray
import HireFiles

/// A safetensors file: the header is read and checked at once, each tensor when it is asked for.
///
/// Strict as the reference implementation, and clearer: every refusal names the path, the byte and the tensor. Numbers
/// are read with plain reads, unless mapping is asked for (`WeightAccess.map`), so a file cut short meanwhile is an error
/// and not a crash.
public struct SafetensorsFile: WeightFile {
    /// Where the file lies.
    public let path: String
    /// The strings under `__metadata__`.
    public var metadata: [String: String] { header.metadata }
    /// The tensors' names in the order of their bytes.
    public var names: [String] { header.names }
    /// The bytes of all tensors.
    public let dataByteCount: Int
    /// The bytes of all tensors.
    public var byteTotals: [Int] { [dataByteCount] }

    private let header: SafetensorsHeader
    private let mapping: MappedFile?
    private let fileSystem: any FileSystem
    private let backend: any Backend

    /// Opens a file and checks its header.
    ///
    /// - Parameters:
    ///   - access: whether tensors are copied from the file or shown as they lie in it.
    ///   - backend: makes the arrays; mapped ones it neither makes nor counts.
    /// - Throws: `FileError`.
    public static func read(
        _ path: String, access: WeightAccess = .read,
        fileSystem: any FileSystem = SystemFileSystem(), backend: any Backend
    ) throws -> SafetensorsFile {
        guard let status = try fileSystem.status(path) else {
            throw FileError(.missingInput, path: path, problem: "there is no such file")
        }
        guard status.kind == .file else {
            throw FileError(.missingInput, path: path, problem: "this is not a file")
        }
        let size = status.byteCount
        let (header, mapping) = try fileSystem.withFile(path, for: .read) { file in
            let length = try Self.headerLength(file, size, fileSystem)
            let bytes = try fileSystem.readExactly(file, at: 8, count: length)
            let header = try SafetensorsHeader(bytes, path: path, fileSize: size)
            let isMapped = access == .map && backend.computesValues
            return (header, isMapped ? try fileSystem.map(file, byteCount: size) : nil)
        }
        return SafetensorsFile(
            path: path, dataByteCount: size - header.dataStart, header: header, mapping: mapping,
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
        let array = try mapped(entry, dtype) ?? filled(entry, dtype)
        if dtype == .bool, let memory = array.storage.pointer {
            let bytes = UnsafeRawBufferPointer(start: memory, count: entry.range.count)
            try WeightBytes.checkBooleans(bytes, path, start, name)
        }
        return array
    }

    /// A tensor's bytes as they lie in the mapped file; nil without a mapping, or where elements would be misaligned.
    private func mapped(_ entry: SafetensorsHeader.Entry, _ dtype: DType) -> NDArray? {
        let start = header.dataStart + entry.range.lowerBound
        guard let mapping, start % dtype.byteSize == 0, !entry.range.isEmpty else { return nil }
        let storage = Storage(
            foreign: mapping.start + start, byteCount: entry.range.count, owner: mapping)
        return NDArray(storage: storage, dtype: dtype, shape: entry.shape)
    }

    private func filled(_ entry: SafetensorsHeader.Entry, _ dtype: DType) throws -> NDArray {
        let array = try backend.allocate(entry.shape, dtype)
        guard let memory = array.storage.pointer, !entry.range.isEmpty else { return array }
        let buffer = UnsafeMutableRawBufferPointer(start: memory, count: entry.range.count)
        let start = header.dataStart + entry.range.lowerBound
        try fileSystem.withFile(path, for: .read) { file in
            try fileSystem.readExactly(file, at: start, into: buffer)
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
