import HireArray
import HireHDF5
import HireReference

/// The file that Tests/Goldens/hdf5/sample.h5 is, and that check_h5py.py reads with h5py.
enum Sample {
    static let attributes: [(String, HDF5Value)] = [
        ("schema", "hire-act"), ("schema_version", 1), ("note", "größer, 大きい"), ("seed", 7),
        ("rate", 0.25), ("deterministic", true), ("layers", .integers([3, 1, 2])),
        ("names", .strings(["b", "a"])), ("scales", .numbers([0.5, 1e-3])), ("z", "after names"),
    ]

    static let dtypes = DType.allCases

    /// Values every dtype of its kind holds exactly.
    static func array(_ dtype: DType, on backend: ReferenceBackend) throws -> NDArray {
        let signed: [Double] = [0, 1, -2, 96, 0.5, -0.25]
        let values: [Double]
        switch dtype {
        case .float32, .float64, .float16, .bfloat16: values = signed
        case .int32, .int64: values = signed.map { $0.rounded(.towardZero) * 1000 }
        case .uint8: values = [0, 1, 2, 96, 200, 255]
        case .bool: values = [0, 1, 1, 0, 1, 0]
        }
        let target = try backend.allocate([2, 3], dtype)
        backend.copy(try backend.array(values, [2, 3]), into: target)
        return target
    }

    static func build(on backend: ReferenceBackend) throws -> [UInt8] {
        let recording = try RecordingShard(attributes: attributes)
        for sample in 0..<3 {
            try recording.beginSample(100 + sample)
            let values = try backend.array((0..<20).map { Float(sample) + Float($0) / 32 }, [4, 5])
            try recording.record(
                values, hook: "encoder.layers.3.output", axes: ["token", "channel"],
                attributes: [("dtype_compute", "f32")])
            let half = try backend.array((0..<4).map { BFloat16(Float(sample * 4 + $0)) }, [4])
            try recording.record(half, hook: "enricher.stages.0.kernel", axes: ["token"])
            try recording.shard.append(["What is it? #\(sample)"], to: "/input/prompt")
            let tokens = try backend.array((0...sample).map { Int32($0 + 10) }, [sample + 1])
            try recording.shard.appendRagged(tokens, to: "/input/token_ids")
        }
        for dtype in dtypes {
            try recording.shard.write(array(dtype, on: backend), to: "/types/\(dtype.rawValue)")
        }
        try recording.shard.write(["short", "länger als das"], to: "/strings/variable")
        try recording.shard.write(
            ["short", "länger als das", ""], to: "/strings/fixed", fixed: true)
        try recording.shard.write(backend.array([Float(3.5)], []), to: "/types/scalar")
        return try recording.finish()
    }
}
