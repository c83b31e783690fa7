import HireArray
import HireFiles
import HireNN
import HireTensor

extension Module {
    /// SHA-256 over the names, dtypes, shapes and bytes of all parameters and buffers, in hexadecimal.
    ///
    /// Numbers that were not drawn yet are drawn first.
    ///
    /// - Throws: `ArrayError` on a back-end without values.
    public func weightsDigest() throws -> String {
        var digest = SHA256()
        func add(_ text: String) { Array(text.utf8).withUnsafeBytes { digest.update($0) } }
        let tensors =
            try parameters().map { ($0.path, try $0.parameter.tensor) }
            + buffers().map { ($0.path, try $0.buffer.tensor) }
        for (path, tensor) in tensors {
            add("\(path) \(tensor.dtype.shortName) \(tensor.shape)\n")
            var array = tensor.array
            if !array.isContiguous {
                array = try tensor.context.backend.allocate(array.shape, array.dtype)
                tensor.context.backend.copy(tensor.array, into: array)
            }
            guard let base = array.storage.pointer else {
                throw ArrayError.noValues(operation: "digest of \(path)")
            }
            digest.update(
                UnsafeRawBufferPointer(
                    start: base + array.offset * array.dtype.byteSize, count: array.byteCount))
        }
        return digest.hexDigest
    }
}
