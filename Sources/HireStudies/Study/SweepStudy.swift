import HireArray
import HireFiles
import HireTensor
import HireVLM

/// A study whose work is a function of the script: called once per point and seed, it returns metrics.
public final class SweepStudy: StudyPlan {
    /// What kind of study it is.
    public let kind = "sweep"
    /// What has to be done, in the order of tables.
    public let items: [StudyItem]
    private let function: any ScriptCallable
    private let context: Context
    private let axes: [String]
    private let seeds: [Int]

    /// A sweep.
    ///
    /// - Parameters:
    ///   - script: the text of the script, where there is one; it, the modules that it required, the function and
    ///     what that reaches determine the numbers, as axes and seed do.
    ///   - surroundings: what else does, such as the script's arguments.
    ///   - context: where the script's tensors are made; its random numbers start over at every item.
    /// - Throws: `StudyError.axis`.
    public init(
        _ grid: StudyGrid, script: String?, context: Context,
        surroundings: JSONObject = JSONObject(), run function: any ScriptCallable
    ) throws {
        for key in grid.keys where SweepStudy.reserved.contains(key) {
            throw StudyError.axis(
                "An axis of a sweep cannot be called '\(key)': points have a field of that name already. "
                    + (key == "seed"
                        ? "Seeds are given as seeds = { 1, 2 }." : "Choose another name."))
        }
        self.function = function
        self.context = context
        axes = grid.keys
        seeds = grid.seeds
        let sources = try function.sources()
        var shared: JSONObject = [
            "schema": .string(RunManifest.schema),
            "numerics": .integer(Int64(ToolkitVersion.numerics)),
            "script": script.map { .string(SHA256.hex(of: $0.utf8)) } ?? .null,
            "function": .string(sources.function ?? "unknown"),
            "modules": .object(SweepStudy.texts(sources.modules)),
            "values": .object(SweepStudy.texts(sources.values)),
        ]
        for (key, value) in context.determining.members + surroundings.members {
            shared[key] = value
        }
        let seeds: [Int?] = grid.seeds.isEmpty ? [nil] : grid.seeds
        var items: [StudyItem] = []
        for point in try grid.combinations() {
            let label = StudyGrid.label(point)
            let group = label.isEmpty ? "all" : label
            for seed in seeds {
                var members = shared
                members["axes"] = .object(point)
                members["seed"] = seed.map { .integer(Int64($0)) } ?? .null
                items.append(
                    try StudyItem(
                        label: seeds.count > 1 ? "\(group) seed=\(seed ?? 0)" : group,
                        group: group, axes: point, seed: seed,
                        configuration: Configuration(members)))
            }
        }
        self.items = items
    }

    /// Fields of a point that are no axes.
    private static let reserved = ["seed", "label", "folder"]

    private static func texts(_ texts: [String: String]) -> JSONObject {
        JSONObject(texts.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) })
    }

    /// Axes and seeds.
    public var description: JSONObject {
        [
            "axes": .array(axes.map { .string($0) }),
            "seeds": .array(seeds.map { .integer(Int64($0)) }),
        ]
    }

    /// Calls the function at an item's point.
    public func perform(_ item: StudyItem, in folder: RunFolder, _ monitor: RunMonitor) throws
        -> ItemResult
    {
        try monitor.checkInterrupt()
        let random = context.random
        defer { context.resetStreams(random) }
        context.resetStreams(RandomSource(seed: UInt64(item.seed ?? 0)))
        let predictions = try folder.file("\(item.folder)/\(SampleLines.fileName)")
        var point = item.axes.members.map { ($0.key, ScriptValue($0.value)) }
        point += [
            ("label", .string(item.label)), ("folder", .string(folder.location(item.folder))),
        ]
        if let seed = item.seed { point.append(("seed", .integer(seed))) }
        let run = ScriptValue.fields([
            ("folder", .string(folder.path)), ("id", .string(item.id)),
            ("group", .string(item.group)),
        ])
        let results = try function.call([.fields(point), run])
        // A function that caught the request to stop returns what it has, which is not the result.
        try monitor.checkInterrupt()
        var metrics = try values(results.first ?? .none, "the first result", item)
        if let samples = metrics["samples"] {
            metrics["samples"] = nil
            try SampleLines.write(
                try SampleLines.lines(samples, label: item.label), to: predictions,
                folder.fileSystem)
        }
        for (name, value) in metrics.members { try check(value, name, item) }
        let measured = try values(
            results.count > 1 ? results[1] : .none, "the second result", item)
        for (name, value) in measured.members { try check(value, name, item) }
        return ItemResult(metrics: metrics, measured: measured, files: try files(of: item, folder))
    }

    /// Every file in the item's folder, put on the disk: the script wrote them as it liked.
    private func files(of item: StudyItem, _ folder: RunFolder) throws -> [String] {
        let fileSystem = folder.fileSystem
        // What a link leads to belongs to somebody else.
        let names = try folder.files(beneath: item.folder).filter {
            try !AtomicWriter.isTemporary(FilePath.name(of: $0))
                && fileSystem.linkStatus(folder.location($0))?.kind == .file
        }
        for name in names {
            try fileSystem.withFile(folder.location(name), for: .append) { file in
                try fileSystem.repeatingInterrupted { try fileSystem.synchronise(file) }
            }
        }
        for place in Set(names.map(FilePath.folder)).sorted() {
            try fileSystem.synchroniseFolder(folder.location(place))
        }
        return names
    }

    private func values(_ value: ScriptValue, _ what: String, _ item: StudyItem) throws
        -> JSONObject
    {
        switch value {
        case .none: return JSONObject()
        case .list(let list) where list.isEmpty: return JSONObject()
        case .table(let fields):
            return JSONObject(try fields.map { ($0.key, try $0.value.json($0.key)) })
        default:
            throw ScriptError.message(
                "\(item.label): \(what) of the function must be a table of named values, got a \(value.typeName)."
            )
        }
    }

    private func check(_ value: JSONValue, _ name: String, _ item: StudyItem) throws {
        switch value {
        case .integer, .bool, .string: return
        case .number(let number) where number.isFinite: return
        case .number(let number):
            throw ScriptError.message(
                "\(item.label): the metric '\(name)' is \(number), which is not a finite number.")
        default:
            throw ScriptError.message(
                "\(item.label): the metric '\(name)' must be a number, a string or a boolean, got \(value.kindName); lists of "
                    + "samples are returned as 'samples'.")
        }
    }
}
