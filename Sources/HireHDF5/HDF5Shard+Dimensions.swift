import CHDF5
import CHDF5Shims

extension HDF5Shard {
    /// Makes a dimension without coordinates, as netCDF spells it: a scale whose values take no bytes.
    public func declareDimension(_ path: String, extent: Int) throws {
        try withFile { file in
            let type = try HDF5Type.make(.float32, file, path)
            let dataset = try createDataset(
                path, shape: [extent], type: type.id, elementSize: 0, growing: false, file)
            let digits = String(extent)
            let name =
                "This is a netCDF dimension but not a netCDF variable."
                + String(repeating: " ", count: max(0, 10 - digits.count)) + digits
            try file.check(H5DSset_scale(dataset.id, name), path, "cannot make this a scale")
        }
    }

    /// Says what the axes of a dataset mean that is there already.
    public func label(_ path: String, _ axes: [HDF5Axis]) throws {
        try withFile { file in
            let dataset = try file.open(.dataset, path)
            let rank = try file.shape(ofDataset: dataset.id, path).count
            try label(dataset.id, axes, rank: rank, file, path)
        }
    }
}
