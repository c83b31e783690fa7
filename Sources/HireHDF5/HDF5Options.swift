/// How datasets are stored.
public struct HDF5Options: Sendable, Equatable {
    /// The level of gzip, 1 to 9; nil stores as is, which is the default because activations hardly shrink.
    public var gzip: Int?
    /// Whether every chunk carries a Fletcher-32 checksum that readers verify.
    public var checksums: Bool
    /// The most bytes in one chunk.
    public var chunkBytes: Int

    /// Options; the defaults suit activations.
    public init(gzip: Int? = nil, checksums: Bool = true, chunkBytes: Int = 1 << 20) {
        self.gzip = gzip
        self.checksums = checksums
        self.chunkBytes = chunkBytes
    }

    /// The chunk for a dataset whose first axis counts samples.
    ///
    /// A chunk is one whole sample. Samples larger than `chunkBytes` are split along their first axes (tokens, or
    /// channels of a map) into nearly equal pieces; samples smaller than 8 KiB share a chunk. Reading a sample
    /// therefore never touches another large one.
    public func chunk(_ sample: [Int], elementSize: Int) -> [Int] {
        var piece = sample.map { max($0, 1) }
        var bytes = piece.reduce(elementSize, *)
        for axis in piece.indices where bytes > chunkBytes {
            let pieces = min(piece[axis], (bytes + chunkBytes - 1) / chunkBytes)
            let extent = (piece[axis] + pieces - 1) / pieces
            bytes = bytes / piece[axis] * extent
            piece[axis] = extent
        }
        let rows = max(1, min(8 << 10, chunkBytes) / max(bytes, 1))
        return [rows] + piece
    }
}
