import CHDF5
import CHDF5Shims

extension HDF5Shard {
    /// Writes strings as a dataset of shape [count].
    ///
    /// - Parameters:
    ///   - fixed: stores every string in as many bytes as the longest takes, which suits many short ones; otherwise each
    ///     has its own length, which suits few.
    ///   - axes: what the one axis means, or nothing.
    public func write(
        _ strings: [String], to path: String, fixed: Bool = false, axes: [HDF5Axis] = []
    ) throws {
        try withFile { file in
            let longest = strings.map(\.utf8.count).max() ?? 0
            let type = try HDF5Type.string(bytes: fixed ? longest : nil, file, path)
            let dataset = try createDataset(
                path, shape: [strings.count], type: type.id,
                elementSize: fixed ? max(longest, 1) : 16,
                growing: false, file)
            try label(dataset.id, axes, rank: 1, file, path)
            if strings.isEmpty { return }
            try HDF5Strings.withMemory(of: strings, fixedBytes: fixed ? longest : nil) { memory in
                try file.check(
                    H5Dwrite(
                        dataset.id, type.id, hire_h5s_all(), hire_h5s_all(), hire_h5p_default(),
                        memory.baseAddress),
                    path, "cannot write the strings")
            }
        }
    }

    /// Appends strings to a growing dataset of strings; the first call makes it.
    public func append(_ strings: [String], to path: String) throws {
        try withFile { file in
            let type = try HDF5Type.string(bytes: nil, file, path)
            if !file.exists(path) {
                _ = try createDataset(
                    path, shape: [0], type: type.id, elementSize: 16, growing: true, file)
            }
            let dataset = try file.open(.dataset, path)
            try HDF5Strings.withMemory(of: strings, fixedBytes: nil) { memory in
                try grow(dataset.id, by: [strings.count], type.id, memory.baseAddress, file, path)
            }
        }
    }
}
