import HireFiles

/// Checks of tensors' bytes that every format shares.
enum WeightBytes {
    /// Throws unless every byte is 0 or 1, as Swift's `Bool` must be.
    static func checkBooleans(
        _ bytes: UnsafeRawBufferPointer, _ path: String, _ start: Int, _ name: String
    ) throws {
        guard let index = bytes.firstIndex(where: { $0 > 1 }) else { return }
        throw FileError.badData(
            path, at: start + index, "the tensor '\(name)' holds something else than booleans",
            expected: "0 or 1", got: "\(bytes[index])")
    }
}
