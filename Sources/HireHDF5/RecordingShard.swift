import HireArray
import HireFiles

/// A shard of captured activations in the layout that every reader of the toolkit's runs expects.
///
/// The values of hook `encoder.layers.3.output` stand in `/act/encoder/layers/3/output` with shape [sample, ...].
/// Every axis is labelled and has a dimension scale at the root: `sample`, and one per label, extent and positions such
/// as `token_576`, so that xarray shows named coordinates. Root attributes are the caller's, in the caller's order;
/// `complete = 1` is written last of all.
public final class RecordingShard {
    /// What is built; use it to add datasets beyond activations, such as `/input/prompt`.
    public let shard: HDF5Shard
    private var rows: [String: Int] = [:]
    private var paths: [String: String] = [:]
    /// Samples begun, by the scale that counts them.
    private var counts: [String: Int] = [:]
    private var samplings: [String: String] = [:]
    private var scales: Set<String> = []
    var ragged: [String: RaggedDataset] = [:]

    /// An empty recording.
    ///
    /// - Parameters:
    ///   - attributes: root attributes such as `schema`, `schema_version` and `config_json`.
    ///   - hooks: all that will be recorded, where two of them may be `a.b` and `a.b.c`.
    ///   - image: memory to build in; nil for memory of its own.
    public init(
        name: String = "recording", attributes: [(String, HDF5Value)], hooks: [String] = [],
        options: HDF5Options = HDF5Options(), image: HDF5Image? = nil
    ) throws {
        shard = try HDF5Shard(name: name, options: options, image: image)
        try shard.setAttributes(attributes)
        paths = RecordingShard.paths(ofHooks: hooks)
    }

    /// The bytes of values taken so far, by which callers decide when a shard is full.
    public private(set) var byteCount = 0

    /// Begins the next sample; what `record` takes from now on belongs to it.
    ///
    /// - Parameters:
    ///   - identifier: any number that names the sample in its data set; stored in `/sample`.
    ///   - samplings: further scales that count this sample, such as `sample_every_10`, for hooks that leave others out.
    /// - Throws: `HDF5Error` if a hook recorded other samples and not the last one.
    public func beginSample(_ identifier: Int, samplings: [String] = []) throws {
        try checkComplete()
        for name in ["sample"] + samplings {
            try shard.append(
                NDArray(onHost: [Int64(identifier)], shape: [1]), to: "/\(name)",
                axes: ["sample"], scale: name)
            counts[name, default: 0] += 1
        }
    }

    /// Takes the values of one hook for the present sample.
    ///
    /// - Parameters:
    ///   - values: of the hook's shape without a sample axis, the same for every sample.
    ///   - hook: the module path, with dots.
    ///   - axes: what each axis of `values` means, such as `token` and `channel`.
    ///   - sampling: the scale that counts the hook's samples.
    ///   - attributes: stored with the dataset when it is made; `hook` is stored always.
    /// - Throws: `HDF5Error` if no sample was begun, the hook has this sample already, or the shape differs.
    public func record(
        _ values: NDArray, hook: String, axes: [RecordingAxis], sampling: String = "sample",
        attributes: [(String, HDF5Value)] = []
    ) throws {
        let path = path(of: hook)
        let isFirst = try begin(hook, path, axes, sampling, rank: values.rank)
        let labelled = isFirst ? try self.labelled(axes, values.shape, sampling) : []
        let row = values.asRow
        try shard.append(row, to: path, axes: labelled)
        if isFirst { try describe(path, hook, axes, attributes) }
        rows[hook] = counts[sampling]
        byteCount += values.byteCount
    }

    /// Takes the values of one hook whose extents differ between samples, as values and offsets.
    ///
    /// Item i is `values[offsets[i] ..< offsets[i + 1]]` along the first axis where only that one varies; where others do
    /// too, the items are laid out flat and `shapes` [sample, axis] says how to fold them.
    ///
    /// - Parameter varying: the axes whose extents differ; at least one.
    public func recordRagged(
        _ values: NDArray, hook: String, axes: [RecordingAxis], varying: Set<Int>,
        sampling: String = "sample", attributes: [(String, HDF5Value)] = []
    ) throws {
        let path = path(of: hook)
        let isFirst = try begin(hook, path, axes, sampling, rank: values.rank)
        try appendRagged(values, path, axes, varying, sampling)
        if isFirst { try describe(path, hook, axes, attributes) }
        rows[hook] = counts[sampling]
        byteCount += values.byteCount
    }

    /// Marks the recording complete and returns the bytes of the file.
    ///
    /// - Throws: `HDF5Error` naming a hook that lacks samples.
    public func finish() throws -> [UInt8] {
        try close()
        return try shard.finish()
    }

    /// Marks the recording complete; its bytes are the image's from now on.
    ///
    /// - Throws: `HDF5Error` naming a hook that lacks samples, or if there is no image.
    public func finishInPlace() throws {
        try close()
        try shard.finishInPlace()
    }

    /// Where the values of a hook stand, as long as no other hook lies beneath.
    public static func path(ofHook hook: String) -> String {
        "/act/" + hook.split(separator: ".").joined(separator: "/")
    }

    /// Where the values of hooks stand that share a file.
    ///
    /// A dataset cannot hold another one: where `a.b` and `a.b.c` are both wanted, the values of `a.b` stand in
    /// `/act/a/b/_values`.
    public static func paths(ofHooks hooks: [String]) -> [String: String] {
        let plain = hooks.map { path(ofHook: $0) }
        var groups: Set<String> = []
        for path in plain {
            var above = path
            while let slash = above.lastIndex(of: "/"), slash != above.startIndex {
                above = String(above[..<slash])
                groups.insert(above)
            }
        }
        let taken = groups.union(plain)
        var result: [String: String] = [:]
        for (hook, path) in zip(hooks, plain) {
            var place = path
            if groups.contains(path) {
                place = path + "/_values"
                while taken.contains(place) { place += "_" }
            }
            result[hook] = place
        }
        return result
    }

    private func path(of hook: String) -> String {
        paths[hook] ?? RecordingShard.path(ofHook: hook)
    }

    /// Checks that a hook may take values now; says whether these are its first.
    private func begin(
        _ hook: String, _ path: String, _ axes: [RecordingAxis], _ sampling: String, rank: Int
    ) throws -> Bool {
        let done = rows[hook]
        let samples = counts[sampling, default: 0]
        samplings[hook] = sampling
        if samples == 0 { throw error(path, "values were given before any sample was begun") }
        if done == samples { throw error(path, "the present sample has values already") }
        if done == nil, samples > 1 {
            throw error(path, "the hook appears for the first time with sample \(samples)")
        }
        guard axes.count == rank else {
            throw error(path, "expected \(rank) axis labels, got \(axes.map(\.label))")
        }
        return done == nil
    }

    private func describe(
        _ path: String, _ hook: String, _ axes: [RecordingAxis],
        _ attributes: [(String, HDF5Value)]
    ) throws {
        try shard.setAttribute("hook", .string(hook), on: path)
        for axis in axes {
            guard let positions = axis.positions else { continue }
            try shard.setAttribute(
                axis.label, .integers(positions.map { Int64($0) }), on: path)
        }
        try shard.setAttributes(attributes, on: path)
    }

    func labelled(_ axes: [RecordingAxis], _ shape: [Int], _ sampling: String) throws -> [HDF5Axis]
    {
        try [HDF5Axis("sample", scale: "/\(sampling)")]
            + zip(axes, shape).map { axis, extent in
                HDF5Axis(axis.label, scale: try scale(axis, extent))
            }
    }

    func scale(_ axis: RecordingAxis, _ extent: Int) throws -> String {
        let name = axis.scaleName(extent)
        if scales.insert(name).inserted {
            let positions = axis.positions ?? Array(0..<extent)
            try shard.write(integers: positions, to: "/\(name)", scale: name)
        }
        return "/\(name)"
    }

    private func close() throws {
        try checkComplete()
        try closeRagged()
        try shard.setAttribute("complete", 1)
    }

    private func checkComplete() throws {
        for (hook, count) in rows.sorted(by: { $0.key < $1.key }) {
            let samples = counts[samplings[hook] ?? "sample", default: 0]
            if count == samples { continue }
            throw error(path(of: hook), "expected values of \(samples) samples, got \(count)")
        }
    }

    private func error(_ object: String, _ problem: String) -> HDF5Error {
        HDF5Error(file: shard.name, object: object, problem: problem)
    }
}

extension NDArray {
    /// The same values with an axis of extent 1 in front.
    var asRow: NDArray {
        NDArray(
            storage: storage, dtype: dtype, shape: [1] + shape, strides: [0] + strides,
            offset: offset)
    }
}
