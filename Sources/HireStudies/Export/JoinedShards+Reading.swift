import HireArray
import HireFiles
import HireHDF5

extension JoinedShards {
    /// Walks through the numbers of a dataset in row-major order, in contiguous blocks of at most 8 MiB.
    ///
    /// - Parameter body: gets where a block begins in the whole and its elements.
    func forEachBlock(
        of dataset: JoinedDataset, _ body: (_ start: [Int], _ block: NDArray) throws -> Void
    ) throws {
        if dataset.content == .offsets {
            let offsets = try offsets(of: dataset)
            let storage = try Storage(byteCount: offsets.count * 8, ledger: nil)
            if let memory = storage.pointer {
                offsets.withUnsafeBytes {
                    UnsafeMutableRawBufferPointer(start: memory, count: $0.count).copyMemory(
                        from: $0)
                }
            }
            try body([0], NDArray(storage: storage, dtype: .int64, shape: [offsets.count]))
            return
        }
        var row = 0
        for part in dataset.parts {
            let reader = try HDF5Reader(inPlace: files[part.file])
            try reader.forEachBlock(of: part.object) { start, block in
                var place = start
                if !place.isEmpty { place[0] += row }
                try body(place, block)
            }
            row += part.rows
        }
    }

    /// Where items end, counted through all files.
    func offsets(of dataset: JoinedDataset) throws -> [Int64] {
        var result: [Int64] = [0]
        for part in dataset.parts {
            let reader = try HDF5Reader(inPlace: files[part.file])
            let base = result[result.count - 1]
            var own: [Int64] = []
            try reader.forEachBlock(of: part.object) { _, block in
                own += try block.elements(Int64.self)
            }
            let values = try reader.nodes().first {
                $0.path == String(part.object.dropLast(7)) + "values"
            }
            guard case .array(_, let shape)? = values?.content, own.first == 0,
                zip(own, own.dropFirst()).allSatisfy({ $0 <= $1 }),
                own.last == Int64(shape.first ?? 0)
            else {
                throw HDF5Error(
                    file: reader.name, object: part.object,
                    problem: "expected offsets from 0 up to the number of values, got others")
            }
            result += own.dropFirst().map { $0 + base }
        }
        return result
    }

    /// Walks through the strings of a dataset, some thousands at a time.
    func forEachStrings(of dataset: JoinedDataset, _ body: ([String]) throws -> Void) throws {
        for part in dataset.parts {
            let reader = try HDF5Reader(inPlace: files[part.file])
            if dataset.shape.count != 1 {
                try body(reader.strings(part.object))
                continue
            }
            for first in stride(from: 0, to: part.rows, by: 4096) {
                try body(reader.strings(part.object, rows: first..<min(first + 4096, part.rows)))
            }
        }
    }
}
