import HireArray
import HireFiles

extension SafetensorsFile {
    /// Writes a state as one file, which is there whole or not at all.
    ///
    /// Wider types come first and names are sorted within a width, so every tensor is aligned and equal states give equal
    /// bytes.
    ///
    /// - Throws: `FileError`; `ArrayError.noValues` for arrays of a shapes-only run.
    public static func write(
        _ state: StateDict, to path: String, metadata: [String: String] = [:],
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws {
        let items = try state.map { name, array in
            if !array.hasValues { throw ArrayError.noValues(operation: "write \(name)") }
            return TensorToWrite(name: name, dtype: array.dtype, shape: array.shape) { array }
        }
        try write(items, to: path, metadata: metadata, fileSystem: fileSystem)
    }

    /// Writes tensors that are made one at a time, so that a file may be larger than the memory.
    ///
    /// - Throws: `FileError`, also if a tensor is not what was announced; what making one throws. The target then holds what
    ///   it held before.
    public static func write(
        _ tensors: [TensorToWrite], to path: String, metadata: [String: String] = [:],
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws {
        let items = tensors.map { item in
            StreamedTensor(name: item.name, dtype: item.dtype, shape: item.shape) { take in
                let array = try item.make()
                guard array.shape == item.shape else {
                    throw changed(
                        item.name, path, "\(item.dtype) \(item.shape)",
                        "\(array.dtype) \(array.shape)")
                }
                try take(array)
            }
        }
        try write(streamed: items, to: path, metadata: metadata, fileSystem: fileSystem)
    }

    /// Writes tensors whose numbers come piece by piece, so that a single one may be larger than the memory.
    ///
    /// - Throws: as `write`.
    public static func write(
        streamed tensors: [StreamedTensor], to path: String, metadata: [String: String] = [:],
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws {
        let items = tensors.sorted {
            ($1.dtype.byteSize, $0.name) < ($0.dtype.byteSize, $1.name)
        }
        let header = try headerBytes(items, metadata, path)
        try AtomicWriter(fileSystem: fileSystem).write(to: path) { append in
            try header.withUnsafeBytes { try append($0) }
            for item in items {
                let whole = item.shape.elementCount
                var count = 0
                try item.make { piece in
                    count += piece.count
                    guard piece.dtype == item.dtype, count <= whole else {
                        throw changed(
                            item.name, path, "\(item.dtype) \(item.shape)",
                            "\(piece.dtype) \(piece.shape)")
                    }
                    try withBytes(of: piece, append)
                }
                guard count == whole else {
                    throw changed(item.name, path, "\(whole) elements", "\(count)")
                }
            }
        }
    }

    private static func changed(
        _ name: String, _ path: String, _ expected: String, _ got: String
    ) -> FileError {
        FileError(
            .cannotCreate, path: path, problem: "the tensor '\(name)' changed", expected: expected,
            got: got)
    }

    private static func headerBytes(
        _ items: [StreamedTensor], _ metadata: [String: String], _ path: String
    ) throws -> [UInt8] {
        var object = JSONObject()
        if !metadata.isEmpty {
            let sorted = metadata.sorted { $0.key < $1.key }
            object["__metadata__"] = .object(JSONObject(sorted.map { ($0.key, .string($0.value)) }))
        }
        var end = 0
        for item in items {
            if item.name == "__metadata__" || object[item.name] != nil {
                throw FileError(
                    .cannotCreate, path: path,
                    problem: item.name == "__metadata__"
                        ? "a tensor cannot be called '__metadata__', which the format reserves"
                        : "two tensors are called '\(item.name)'")
            }
            let begin = end
            end += try NDArray.byteCount(item.shape, item.dtype)
            object[item.name] = [
                "dtype": .string(SafetensorsType.name(of: item.dtype)),
                "shape": .array(item.shape.map { .integer(Int64($0)) }),
                "data_offsets": [.integer(Int64(begin)), .integer(Int64(end))],
            ]
        }
        var text = Array(try JSONWriter().string(.object(object)).utf8)
        while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
        guard text.count <= SafetensorsHeader.longest else {
            throw FileError(
                .cannotCreate, path: path, problem: "the header is too long",
                expected: "at most \(SafetensorsHeader.longest) bytes", got: "\(text.count)")
        }
        let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
        return length + text
    }

    /// The elements in row-major order, little-endian as on every machine this runs on.
    package static func withBytes(
        of array: NDArray, _ append: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        if array.isContiguous, let memory = array.storage.pointer {
            let start = memory + array.offset * array.dtype.byteSize
            return try append(UnsafeRawBufferPointer(start: start, count: array.byteCount))
        }
        switch array.dtype {
        case .float32: try array.elements(Float.self).withUnsafeBytes(append)
        case .float64: try array.elements(Double.self).withUnsafeBytes(append)
        case .float16: try array.elements(Float16.self).withUnsafeBytes(append)
        case .bfloat16: try array.elements(BFloat16.self).withUnsafeBytes(append)
        case .int32: try array.elements(Int32.self).withUnsafeBytes(append)
        case .int64: try array.elements(Int64.self).withUnsafeBytes(append)
        case .uint8: try array.elements(UInt8.self).withUnsafeBytes(append)
        case .bool: try array.elements(Bool.self).withUnsafeBytes(append)
        }
    }
}
