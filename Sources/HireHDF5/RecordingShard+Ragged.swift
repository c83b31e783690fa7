import HireArray

/// What a dataset of varying extents has taken so far.
struct RaggedDataset {
    var items = 0
    var rows = 0
    /// Labels of the axes of `values` beside the first.
    var trailing: [HDF5Axis] = []
}

extension RecordingShard {
    /// Appends ids or other numbers of varying count: `path/values` and `path/offsets`.
    public func appendRagged(_ values: NDArray, to path: String, axis: RecordingAxis) throws {
        try appendRagged(values, path, [axis], [0], "sample")
    }

    func appendRagged(
        _ values: NDArray, _ path: String, _ axes: [RecordingAxis], _ varying: Set<Int>,
        _ sampling: String
    ) throws {
        let isFlat = varying != [0]
        var state = ragged[path] ?? RaggedDataset()
        let rows = isFlat ? values.count : values.shape[0]
        let item = isFlat ? try values.flat() : values
        if state.items == 0 {
            try shard.append(NDArray(onHost: [Int64(0)], shape: [1]), to: path + "/offsets")
            if !isFlat {
                state.trailing = try zip(axes, values.shape).dropFirst().map { axis, extent in
                    HDF5Axis(axis.label, scale: try scale(axis, extent))
                }
            }
        }
        try shard.append(item, to: path + "/values")
        state.items += 1
        state.rows += rows
        try shard.append(
            NDArray(onHost: [Int64(state.rows)], shape: [1]), to: path + "/offsets")
        if isFlat {
            let name = "\(path)/shapes"
            let axis = RecordingAxis("axis")
            try shard.append(
                NDArray(onHost: values.shape.map { Int64($0) }, shape: [1, values.rank]), to: name,
                axes: state.items == 1
                    ? [
                        HDF5Axis("sample", scale: "/\(sampling)"),
                        HDF5Axis("axis", scale: scale(axis, values.rank)),
                    ] : [])
        }
        ragged[path] = state
    }

    /// Gives rows and offsets their axes; netCDF's readers open no dataset without.
    func closeRagged() throws {
        for (path, state) in ragged.sorted(by: { $0.key < $1.key }) {
            try shard.declareDimension("\(path)/row", extent: state.rows)
            try shard.declareDimension("\(path)/edge", extent: state.items + 1)
            try shard.label(
                "\(path)/values",
                [HDF5Axis("row", scale: "\(path)/row")] + state.trailing)
            try shard.label("\(path)/offsets", [HDF5Axis("edge", scale: "\(path)/edge")])
        }
        ragged = [:]
    }
}

extension NDArray {
    /// The elements in their order as one axis.
    fileprivate func flat() throws -> NDArray {
        if let view = viewed(as: [count]) { return view }
        let copy = try NDArray(
            storage: Storage(byteCount: byteCount, ledger: nil), dtype: dtype, shape: [count])
        try withContiguousBytes(operation: "record values") { bytes in
            guard let target = copy.storage.pointer else { return }
            UnsafeMutableRawBufferPointer(start: target, count: bytes.count).copyMemory(from: bytes)
        }
        return copy
    }
}
