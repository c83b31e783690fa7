import HireArray
import HireFiles
import HireHDF5

/// What becomes of one point: which parts of its tensor are kept, and the shape, meaning and dtype of what is stored.
public struct CaptureForm {
    /// Some places along one axis.
    enum Selection: Equatable {
        case all
        case range(Range<Int>)
        case list([Int])

        func positions(_ extent: Int) -> [Int] {
            switch self {
            case .all: Array(0..<extent)
            case .range(let range): Array(range)
            case .list(let places): places
            }
        }
    }

    /// One array that is stored.
    public struct Output: Equatable {
        /// What its name adds to the point's: nothing, or `values` and `indices`.
        public var suffix: String
        /// Extents, the batch axis among them.
        public var shape: Shape
        /// As it is stored.
        public var dtype: DType
        /// What the axes mean, the batch axis among them.
        public var axes: [RecordingAxis]
        /// Axes whose extents differ between samples.
        public var varying: Set<Int>

        /// Bytes of one sample.
        public var byteCount: Int { shape.elementCount * dtype.byteSize }
    }

    /// The point.
    public let hook: String
    /// What is kept.
    public let options: CaptureOptions
    /// The shape of the point's tensor.
    public let shape: Shape
    /// What is stored.
    public private(set) var outputs: [Output] = []
    /// The basis for coordinates; fitted to the tensor at hand where nobody set one.
    public var basis: PrincipalComponents?
    private(set) var selections: [Selection] = []
    /// The axes over which a mean is taken, and the one along which features are ranked or projected.
    private(set) var meanAxes: [Int] = []
    private(set) var featureAxis: Int?

    /// The form of a point.
    ///
    /// - Parameters:
    ///   - shape: of its tensor, batch first.
    ///   - geometry: the prompt, where the language model runs.
    /// - Throws: `CaptureError` for options that the point cannot serve.
    public init(
        _ hook: String, _ options: CaptureOptions, shape: Shape, dtype: DType = .float32,
        geometry: SequenceGeometry?
    ) throws {
        self.hook = hook
        self.options = options
        self.shape = shape
        let labels = CaptureForm.labels(shape, hook)
        let reader = CaptureAxisReader(hook: hook, options: options, geometry: geometry)
        try reader.checkAxes(labels)
        var axes: [RecordingAxis] = []
        var varying: Set<Int> = []
        var extents: Shape = []
        for (axis, label) in labels.enumerated() {
            let read = try reader.read(label, extent: shape[axis])
            selections.append(read.selection)
            let positions = read.selection.positions(shape[axis])
            axes.append(
                RecordingAxis(
                    label,
                    positions: read.isFixed && read.selection != .all ? positions : nil))
            if read.varies { varying.insert(axis) }
            extents.append(positions.count)
        }
        try reduce(
            Output(
                suffix: "", shape: extents, dtype: options.dtype ?? dtype, axes: axes,
                varying: varying))
    }

    /// Bytes of one sample.
    public var byteCount: Int { outputs.map(\.byteCount).reduce(0, +) }

    private mutating func reduce(_ whole: Output) throws {
        let labels = whole.axes.map(\.label)
        switch options.reduction {
        case nil: outputs = [whole]
        case .mean:
            meanAxes = labels.indices.filter {
                ["token", "row", "column", "query"].contains(labels[$0])
            }
            if meanAxes.isEmpty {
                throw failure("reduce = \"mean\" needs tokens, rows and columns or queries", labels)
            }
            var mean = whole
            for axis in meanAxes.reversed() {
                mean.shape.remove(at: axis)
                mean.axes.remove(at: axis)
            }
            mean.varying = Set(
                whole.varying.filter { !meanAxes.contains($0) }.map { axis in
                    axis - meanAxes.count { $0 < axis }
                })
            outputs = [mean]
        case .topK(let count):
            let axis = try featureAxis(labels, "top_k")
            let extent = whole.shape[axis]
            guard count >= 1, count <= extent || whole.varying.contains(axis) else {
                throw CaptureError(
                    hook, "top_k must be from 1 to \(extent) (\(labels[axis])), got \(count).")
            }
            var values = whole
            values.suffix = "values"
            values.shape[axis] = count
            values.axes[axis] = "rank"
            values.varying.remove(axis)
            var indices = values
            indices.suffix = "indices"
            indices.dtype = .int32
            outputs = [values, indices]
            featureAxis = axis
        case .principalComponents(let count, let basis, _):
            let axis = try featureAxis(labels, "pca")
            let extent = whole.shape[axis]
            guard !whole.varying.contains(axis), count >= 1, count <= extent else {
                throw CaptureError(
                    hook, "pca must be from 1 to \(extent) (\(labels[axis])), got \(count).")
            }
            if let basis, basis.mean.count != extent || basis.directions.count < count {
                throw CaptureError(
                    hook,
                    "the basis has \(basis.directions.count) components for \(basis.mean.count) channels; "
                        + "expected at least \(count) for \(extent).")
            }
            var coordinates = whole
            coordinates.shape[axis] = count
            coordinates.axes[axis] = "component"
            outputs = [coordinates]
            featureAxis = axis
            self.basis = basis
        }
    }

    private func featureAxis(_ labels: [String], _ option: String) throws -> Int {
        if let axis = labels.firstIndex(where: { ["channel", "key", "tap"].contains($0) }) {
            return axis
        }
        guard labels.count > 1 else { throw failure("\(option) needs channels or keys", labels) }
        return labels.count - 1
    }

    private func failure(_ problem: String, _ labels: [String]) -> CaptureError {
        CaptureError(hook, "\(problem); its axes are \(labels.joined(separator: ", ")).")
    }

    /// What the axes of a point's tensor mean, batch first.
    static func labels(_ shape: Shape, _ hook: String) -> [String] {
        guard shape.count > 1 else { return shape.indices.map { "axis\($0)" } }
        let last = hook.split(separator: ".").last ?? ""
        let inner: [String] =
            switch (shape.count - 1, last) {
            case (1, _): ["channel"]
            case (2, _): ["token", "channel"]
            case (3, "kernel"): ["tap", "row", "column"]
            case (3, "probabilities"): ["head", "query", "key"]
            case (3, _): ["channel", "row", "column"]
            default: (1..<shape.count).map { "axis\($0)" }
            }
        return ["view"] + inner
    }
}
