import CHDF5
import HireArray

/// A dataset that grows along its first axis, kept open while its shard is built.
final class GrowingDataset {
    let dataset: HDF5Handle
    let type: HDF5Handle
    let dtype: DType
    let chunk: [Int]
    var shape: [Int]

    init(
        dataset: consuming HDF5Handle, type: consuming HDF5Handle, dtype: DType, chunk: [Int],
        shape: [Int]
    ) {
        self.dataset = dataset
        self.type = type
        self.dtype = dtype
        self.chunk = chunk
        self.shape = shape
    }

    /// Whether the chunks of a row are runs of it: single places along the first axes, a stretch of one, all of the rest.
    var chunksAreRuns: Bool {
        let (sample, piece) = (Array(shape.dropFirst()), Array(chunk.dropFirst()))
        guard chunk[0] == 1, let split = piece.indices.first(where: { piece[$0] != 1 }) else {
            return chunk[0] == 1
        }
        return piece.indices.dropFirst(split + 1).allSatisfy { piece[$0] == sample[$0] }
    }

    /// The runs of one row that are chunks: offset and count in elements, and where the chunk begins in the dataset.
    ///
    /// - Precondition: `chunksAreRuns`.
    func chunks(ofRow row: Int) -> [(offset: Int, count: Int, start: [hsize_t])] {
        let (sample, piece) = (Array(shape.dropFirst()), Array(chunk.dropFirst()))
        let split = piece.indices.first { piece[$0] != 1 } ?? piece.count
        let extent = split < sample.count ? sample[split] : 1
        let step = split < sample.count ? piece[split] : 1
        let inner = sample.dropFirst(split + 1).reduce(1, *)
        var found: [(offset: Int, count: Int, start: [hsize_t])] = []
        for outer in 0..<sample.prefix(split).reduce(1, *) {
            var start = [hsize_t](repeating: 0, count: shape.count)
            start[0] = hsize_t(row)
            var rest = outer
            for axis in (0..<split).reversed() {
                start[axis + 1] = hsize_t(rest % sample[axis])
                rest /= sample[axis]
            }
            for first in stride(from: 0, to: extent, by: step) {
                if split < sample.count { start[split + 1] = hsize_t(first) }
                let count = min(step, extent - first) * inner
                found.append(((outer * extent + first) * inner, count, start))
            }
        }
        return found
    }
}
