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
    ///   - script: the text of the script, where there is one; it, the modules that it required and the function
    ///     determine the numbers, as axes and seed do.
    ///   - context: where the script's tensors are made; its random numbers start over at every item.
    /// - Throws: `StudyError.axis`.
    public init(
        _ grid: StudyGrid, script: String?, context: Context, run function: any ScriptCallable
    ) throws {
        self.function = function
        self.context = context
        axes = grid.keys
        seeds = grid.seeds
        let sources = try function.sources()
        let code = script.map { SHA256.hex(of: $0.utf8) } ?? sources.function ?? "unknown"
        let modules = sources.modules.sorted { $0.key < $1.key }.map {
            ($0.key, JSONValue.string($0.value))
        }
        let seeds: [Int?] = grid.seeds.isEmpty ? [nil] : grid.seeds
        var items: [StudyItem] = []
        for point in try grid.combinations() {
            let label = StudyGrid.label(point)
            let group = label.isEmpty ? "all" : label
            for seed in seeds {
                let members: JSONObject = [
                    "schema": .string(RunManifest.schema),
                    "numerics": .integer(Int64(ToolkitVersion.numerics)),
                    "script": .string(code), "modules": .object(JSONObject(modules)),
                    "axes": .object(point), "seed": seed.map { .integer(Int64($0)) } ?? .null,
                    "backend": .string(context.backend.name),
                    "determinism": .string(context.determinism.rawValue),
                ]
                items.append(
                    try StudyItem(
                        label: seeds.count > 1 ? "\(group) seed=\(seed ?? 0)" : group,
                        group: group, axes: point, seed: seed,
                        configuration: Configuration(members)))
            }
        }
        self.items = items
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
        var metrics = try values(results.first ?? .none, "the first result", item)
        if let samples = metrics["samples"] {
            metrics["samples"] = nil
            try SampleLines.write(try lines(samples, item), to: predictions, folder.fileSystem)
        }
        for (name, value) in metrics.members { try check(value, name, item) }
        let measured = try values(
            results.count > 1 ? results[1] : .none, "the second result", item)
        for (name, value) in measured.members { try check(value, name, item) }
        return ItemResult(metrics: metrics, measured: measured, files: try files(of: item, folder))
    }

    /// Every file in the item's folder, put on the disk: the script wrote them as it liked.
    private func files(of item: StudyItem, _ folder: RunFolder) throws -> [String] {
        let names = try folder.files(beneath: item.folder).filter {
            let name = FilePath.name(of: $0)
            return name != RunFolder.checkpointName && !AtomicWriter.isTemporary(name)
        }
        let fileSystem = folder.fileSystem
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

    /// The lines of `samples`: tables as they stand, plain numbers as grades; what has no `id` is numbered from 1.
    private func lines(_ samples: JSONValue, _ item: StudyItem) throws -> [JSONObject] {
        guard let list = samples.arrayValue else {
            throw ScriptError.message(
                "\(item.label): 'samples' must be a list, got \(samples.kindName).")
        }
        return try list.enumerated().map { index, value in
            var line: JSONObject
            switch value {
            case .object(let object): line = object
            case .integer, .number: line = ["grade": value]
            case .bool(let isRight): line = ["grade": .number(isRight ? 1 : 0)]
            default:
                throw ScriptError.message(
                    "\(item.label): samples[\(index + 1)] must be a table or a grade, got \(value.kindName)."
                )
            }
            if line["id"] == nil { line["id"] = .string("\(index + 1)") }
            for (key, value) in line.members {
                if case .number(let number) = value, !number.isFinite {
                    throw ScriptError.message(
                        "\(item.label): samples[\(index + 1)].\(key) is \(number), which is not a finite number."
                    )
                }
            }
            return line
        }
    }
}
