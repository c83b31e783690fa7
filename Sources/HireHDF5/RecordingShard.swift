import HireArray
import HireFiles

/// A shard of captured activations in the layout that every reader of the toolkit's runs expects.
///
/// The values of hook `encoder.layers.3.output` stand in `/act/encoder/layers/3/output` with shape [sample, ...].
/// Every axis is labelled and has a dimension scale at the root: `sample`, and one per label and extent such as
/// `token_576`, so that xarray shows named coordinates. Root attributes are the caller's, in the caller's order;
/// `complete = 1` is written last of all.
public final class RecordingShard {
    /// What is built; use it to add datasets beyond activations, such as `/input/prompt`.
    public let shard: HDF5Shard
    private var rows: [String: Int] = [:]
    private var samples = 0
    private var scales: Set<String> = []

    /// An empty recording.
    ///
    /// - Parameter attributes: root attributes such as `schema`, `schema_version` and `config_json`.
    public init(
        name: String = "recording", attributes: [(String, HDF5Value)],
        options: HDF5Options = HDF5Options()
    ) throws {
        shard = try HDF5Shard(name: name, options: options)
        try shard.setAttributes(attributes)
    }

    /// How many samples were begun.
    public var sampleCount: Int { samples }

    /// The bytes of values taken so far, by which callers decide when a shard is full.
    public private(set) var byteCount = 0

    /// Begins the next sample; what `record` takes from now on belongs to it.
    ///
    /// - Parameter identifier: any number that names the sample in its data set; stored in `/sample`.
    /// - Throws: `HDF5Error` if a hook recorded other samples and not the last one.
    public func beginSample(_ identifier: Int) throws {
        try checkComplete()
        try shard.append(
            NDArray(onHost: [Int64(identifier)], shape: [1]), to: "/sample", axes: ["sample"],
            scale: "sample")
        samples += 1
    }

    /// Takes the values of one hook for the present sample.
    ///
    /// - Parameters:
    ///   - values: of the hook's shape without a sample axis, the same for every sample.
    ///   - hook: the module path, with dots.
    ///   - axes: what each axis of `values` means, such as `token` and `channel`.
    ///   - attributes: stored with the dataset when it is made; `hook` is stored always.
    /// - Throws: `HDF5Error` if no sample was begun, the hook has this sample already, or the shape differs.
    public func record(
        _ values: NDArray, hook: String, axes: [String], attributes: [(String, HDF5Value)] = []
    ) throws {
        let path = RecordingShard.path(ofHook: hook)
        let done = rows[hook]
        if samples == 0 { throw error(path, "values were given before any sample was begun") }
        if done == samples { throw error(path, "the present sample has values already") }
        if done == nil, samples > 1 {
            throw error(path, "the hook appears for the first time with sample \(samples)")
        }
        guard axes.count == values.rank else {
            throw error(path, "expected \(values.rank) axis labels, got \(axes)")
        }
        var labelled = [HDF5Axis("sample", scale: "/sample")]
        for (label, extent) in zip(axes, values.shape) {
            labelled.append(HDF5Axis(label, scale: try scale(label, extent)))
        }
        let row = values.asRow
        try shard.append(row, to: path, axes: labelled)
        if done == nil {
            try shard.setAttribute("hook", .string(hook), on: path)
            try shard.setAttributes(attributes, on: path)
        }
        rows[hook] = samples
        byteCount += values.byteCount
    }

    /// Marks the recording complete and returns the bytes of the file.
    ///
    /// - Throws: `HDF5Error` naming a hook that lacks samples.
    public func finish() throws -> [UInt8] {
        try checkComplete()
        try shard.setAttribute("complete", 1)
        return try shard.finish()
    }

    /// Where the values of a hook stand.
    public static func path(ofHook hook: String) -> String {
        "/act/" + hook.split(separator: ".").joined(separator: "/")
    }

    private func scale(_ label: String, _ extent: Int) throws -> String {
        let path = "/\(label)_\(extent)"
        if scales.insert(path).inserted {
            let positions = (0..<Int64(extent)).map { $0 }
            try shard.write(
                NDArray(onHost: positions, shape: [extent]), to: path, scale: "\(label)_\(extent)")
        }
        return path
    }

    private func checkComplete() throws {
        for (hook, count) in rows.sorted(by: { $0.key < $1.key }) where count != samples {
            throw error(
                RecordingShard.path(ofHook: hook),
                "expected values of \(samples) samples, got \(count)")
        }
    }

    private func error(_ object: String, _ problem: String) -> HDF5Error {
        HDF5Error(file: shard.name, object: object, problem: problem)
    }
}

extension NDArray {
    /// The same values with an axis of extent 1 in front.
    fileprivate var asRow: NDArray {
        NDArray(
            storage: storage, dtype: dtype, shape: [1] + shape, strides: [0] + strides,
            offset: offset)
    }
}
