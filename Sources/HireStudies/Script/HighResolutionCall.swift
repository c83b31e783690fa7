import HireArray
import HireFiles
import HireHDF5
import HireImaging
import HireTensor
import HireVLM

/// One call of `high_resolution` on a pipeline or its enricher: options, limits and where the map goes.
struct HighResolutionCall {
    static let options: [ScriptParameter] = [
        .optional(
            "channels", .list(.index), "Channels of E(i) in the order wanted; 1 is the first.",
            default: "all"),
        .optional(
            "region", .list(.integer),
            "{ row, column, height, width } on the fine grid; row 1, column 1 is the top left corner.",
            default: "all of it"),
        .optional(
            "pca", .either([.integer, .object("hire.PCABasis")]),
            "That many principal components of E(i) in place of its channels, or a basis' own; features are "
                + "projected before they are upsampled, which is the same as afterwards and costs less."
        ),
        .optional(
            "to", .path,
            "A file for the map: .h5 holds `/map` [N, C, H, W], written band by band (above 32 MiB as parts in a "
                + "folder beside it that the file joins); .png shows one channel or three components of one picture."
        ),
        .optional(
            "dtype", .choice(["float32", "float16"]), "The numbers' type in an .h5 file.",
            default: "\"float32\""),
        .optional(
            "limit", .integer, "The most MiB that the map may take in memory.", default: "512"),
    ]

    static let results = [
        ScriptResult(
            .any,
            "a tensor [N, C, H, W]; with `to` a table: `path`, `files`, `shape`, `bytes` and `seconds`"
        ),
        ScriptResult(.object("hire.PCABasis"), "the basis, with `pca`"),
    ]

    private let arguments: ScriptArguments
    private let pipeline: Pipeline

    init(_ arguments: ScriptArguments, _ pipeline: Pipeline) {
        self.arguments = arguments
        self.pipeline = pipeline
    }

    /// Runs the call.
    ///
    /// - Parameter given: makes the features E(i) and the views.
    func run(_ given: () throws -> (base: FeatureMap, views: ImageViews)) throws -> [ScriptValue] {
        guard let upsampler = pipeline.enricher as? any LinearUpsampler else {
            throw ScriptError.message(
                "\(arguments.function): the enricher '\(pipeline.recipe.enricher.id)' has no map of high resolution, "
                    + "because it does not upsample features linearly; `jbu`, `hire` and `bicubic` do."
            )
        }
        let target = try arguments.optionalString("to")
        let ending = target.map(FilePath.fileExtension(of:))
        guard ending == nil || ending == "h5" || ending == "png" else {
            throw ScriptError.message(
                "\(arguments.function): to must end with .h5 or .png, got '\(target ?? "")'.")
        }
        let mode = pipeline.scope.isTraining
        pipeline.setTraining(false)
        defer { pipeline.setTraining(mode) }
        return try pipeline.context.withoutGradients {
            let (base, views) = try given()
            let basis = try basis(base)
            let part = HighResolutionPart(
                region: try region(), channels: try channels(base.channels),
                projection: basis?.projection)
            let maker = Maker(pipeline, upsampler, base, views, part)
            let result: ScriptValue
            switch ending {
            case "h5": result = try file(maker, target ?? "", basis)
            case "png": result = try picture(maker, target ?? "", basis)
            default: result = .tensor(try tensor(maker))
            }
            return [result] + (basis.map { [.object(PCABasisObject($0))] } ?? [])
        }
    }

    // MARK: Options

    private func basis(_ base: FeatureMap) throws -> FeaturePCA? {
        guard arguments.has("pca") else { return nil }
        if arguments.has("channels") {
            throw ScriptError.message(
                "\(arguments.function): give channels or pca, not both; components are made of all channels."
            )
        }
        if case .object(let object) = arguments.value("pca") {
            return (object as? PCABasisObject)?.pca
        }
        let count = try arguments.integer("pca")
        guard (1...base.channels).contains(count) else {
            throw ScriptError.message(
                "\(arguments.function): pca must be from 1 to \(base.channels), the channels of E(i), got \(count)."
            )
        }
        return try FeaturePCA([base.map()], count: count)
    }

    private func channels(_ count: Int) throws -> [Int]? {
        guard arguments.has("channels") else { return nil }
        let chosen = try arguments.integers("channels").map { $0 < 0 ? $0 + count : $0 }
        guard !chosen.isEmpty, chosen.allSatisfy({ (0..<count).contains($0) }) else {
            throw ScriptError.message(
                "\(arguments.function): channels must be from 1 to \(count) (or negative, from the end), got "
                    + "{ \(try arguments.integers("channels").map { String($0 < 0 ? $0 : $0 + 1) }.joined(separator: ", ")) }."
            )
        }
        return chosen
    }

    private func region() throws -> MapRegion? {
        guard arguments.has("region") else { return nil }
        let numbers = try arguments.integers("region")
        guard numbers.count == 4, numbers.allSatisfy({ (1...1 << 20).contains($0) }) else {
            throw ScriptError.message(
                "\(arguments.function): region must be { row, column, height, width } with numbers from 1, got "
                    + "{ \(numbers.map(String.init).joined(separator: ", ")) }.")
        }
        let (row, column) = (numbers[0] - 1, numbers[1] - 1)
        return MapRegion(rows: row..<row + numbers[2], columns: column..<column + numbers[3])
    }

    // MARK: Targets

    private func tensor(_ maker: Maker) throws -> Tensor {
        let first = try maker.map(0)
        let shape = maker.shape(first)
        let bytes = shape.elementCount * 4
        let limit = try arguments.integer("limit", default: 512)
        guard (0...1 << 30).contains(limit) else {
            throw ScriptError.message(
                "\(arguments.function): limit must be a number of MiB from 0, got \(limit).")
        }
        guard bytes <= limit << 20 else {
            throw ScriptError.message(
                "\(arguments.function): the map \(shape) would take \((bytes + (1 << 20) - 1) >> 20) MiB, above the limit of \(limit) MiB. "
                    + "Take a part with channels = { 1, 5 }, region = { row, column, height, width } or pca = 3, write it "
                    + "to a file with to = \"map.h5\", or raise limit.")
        }
        if shape[0] == 1 { return try first.whole() }
        let backend = pipeline.context.backend
        let out = try backend.allocate(shape, pipeline.context.dtype)
        for sample in 0..<shape[0] {
            try arguments.host.checkInterrupt()
            let made = try (sample == 0 ? first : maker.map(sample)).whole()
            backend.copy(made.array, into: out.sliced(axis: 0, start: sample, length: 1))
        }
        return Tensor(out, in: pipeline.context)
    }

    private func file(_ maker: Maker, _ path: String, _ basis: FeaturePCA?) throws -> ScriptValue {
        let clock = ContinuousClock()
        let began = clock.now
        let backend = pipeline.context.backend
        let dtype: DType =
            try arguments.string("dtype", default: "float32") == "float16" ? .float16 : .float32
        var present = (sample: 0, map: try maker.map(0))
        let map = present.map
        let shape = maker.shape(map)
        var positions = [
            (label: "row", values: Array(map.region.rows)),
            (label: "column", values: Array(map.region.columns)),
        ]
        var extras: [(path: String, array: NDArray)] = []
        if let basis {
            let projection = basis.projection
            let (count, width) = (projection.directions.count, projection.mean.count)
            extras = [
                (
                    "/basis/directions",
                    try backend.array(
                        projection.directions.flatMap { $0 }.map(Float.init),
                        [
                            count, width,
                        ])
                ),
                ("/basis/mean", try backend.array(projection.mean.map(Float.init), [width])),
                (
                    "/basis/variance",
                    try backend.array(basis.components.variances.map(Float.init), [count])
                ),
            ]
        } else {
            let all = try channels(maker.channels) ?? Array(0..<maker.channels)
            positions.insert((label: "channel", values: all), at: 0)
        }
        let layout = HighResolutionFile.Layout(
            shape: shape, dtype: dtype, positions: positions,
            attributes: [
                ("schema", "hire-map-1"), ("enricher", .string(pipeline.recipe.enricher.id)),
                ("encoder", .string(pipeline.recipe.encoder.id)),
                ("grid", .integers([Int64(map.grid.x), Int64(map.grid.y)])),
            ], extras: extras)
        let bar = arguments.host.progress("high resolution", total: shape[0] * shape[2])
        defer { bar.finish() }
        let files = try HighResolutionFile(path).write(layout) { sample, rows in
            try arguments.host.checkInterrupt()
            if present.sample != sample { present = (sample, try maker.map(sample)) }
            let band = try present.map.rows(rows).cast(to: dtype)
            bar.update(sample * shape[2] + rows.upperBound, note: "rows")
            return band.array
        }
        return .table([
            (key: "path", value: .string(path)),
            (key: "files", value: .list(files.map { .string($0) })),
            (key: "shape", value: .list(shape.map { .integer($0) })),
            (key: "bytes", value: .integer(shape.elementCount * dtype.byteSize)),
            (key: "seconds", value: .number(seconds(clock.now - began))),
        ])
    }

    private func picture(_ maker: Maker, _ path: String, _ basis: FeaturePCA?) throws -> ScriptValue
    {
        let clock = ContinuousClock()
        let began = clock.now
        let map = try maker.map(0)
        let shape = maker.shape(map)
        guard shape[0] == 1, shape[1] == 1 || basis != nil else {
            throw ScriptError.message(
                "\(arguments.function): a .png shows one channel or the principal components of one picture; give "
                    + "channels = { 1 } or pca = 3, and one picture.")
        }
        let whole = try map.whole()
        let image: Image
        if let basis, shape[1] > 1 {
            image = try basis.images(coordinates: whole)[0]
        } else {
            image = try Image(heatmap: whole.reshape([shape[2], shape[3]]).array)
        }
        let png = try image.png()
        try SystemFileSystem().makeFolders(FilePath.folder(of: path))
        try AtomicWriter().write(png, to: path)
        arguments.host.show(png: png, path: path)
        return .table([
            (key: "path", value: .string(path)), (key: "files", value: .list([.string(path)])),
            (key: "shape", value: .list(shape.map { .integer($0) })),
            (key: "bytes", value: .integer(png.count)),
            (key: "seconds", value: .number(seconds(clock.now - began))),
        ])
    }

    /// Makes the fine map of one picture of a batch.
    private struct Maker {
        let pipeline: Pipeline
        let upsampler: any LinearUpsampler
        let base: FeatureMap
        let views: ImageViews
        let part: HighResolutionPart

        init(
            _ pipeline: Pipeline, _ upsampler: any LinearUpsampler, _ base: FeatureMap,
            _ views: ImageViews, _ part: HighResolutionPart
        ) {
            (self.pipeline, self.upsampler, self.base) = (pipeline, upsampler, base)
            (self.views, self.part) = (views, part)
        }

        var channels: Int { base.channels }

        func shape(_ map: FineMap) -> [Int] {
            [base.batch, map.channels, map.region.rows.count, map.region.columns.count]
        }

        func map(_ sample: Int) throws -> FineMap {
            let features = try FeatureMap(map: base.map().slice(0, sample, sample + 1))
            let own = ImageViews(
                high: try views.high.slice(0, sample, sample + 1),
                low: try views.low.slice(0, sample, sample + 1))
            return try FineMap(
                upsampler,
                pipeline.enricherInput(base: features, own),
                part)
        }
    }
}
