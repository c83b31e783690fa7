import HireArray
import HireFiles
import HireTensor
import HireVLM

extension AblationStudy {
    /// The items of variants at all points of the grid: per variant all points, per point all seeds.
    ///
    /// - Throws: `StudyError.axis` for a key that no variant has, and the errors of values that do not fit.
    static func expand(
        _ variants: [Variant], _ options: StudyOptions, task: any Task, catalog: PluginCatalog,
        context: Context, script: String?
    ) throws -> [AblationItem] {
        let keys = RecipeKeys(catalog: catalog)
        for key in options.grid.keys
        where try !variants.contains(where: { try keys.applies(key, to: $0) }) {
            throw StudyError.axis(try complaint(key, variants, keys))
        }
        let points = try options.grid.combinations()
        let seeds = options.grid.seeds.isEmpty ? [1] : options.grid.seeds
        guard Set(seeds).count == seeds.count, seeds.allSatisfy({ $0 >= 0 }) else {
            throw StudyError.axis("Seeds are different whole numbers from 0, got \(seeds).")
        }
        let digest = try task.dataDigest()
        var items: [AblationItem] = []
        var labels: Set<String> = []
        for (place, base) in variants.enumerated() {
            for point in points {
                var (variant, evaluation) = (base, options.evaluation)
                var axes = JSONObject()
                for (key, value) in point.members where try keys.applies(key, to: base) {
                    try keys.put(value, at: key, of: &variant, &evaluation)
                    axes[key] = value
                }
                let group = [base.name, StudyGrid.label(axes)].filter { !$0.isEmpty }
                    .joined(separator: " ")
                for seed in base.baseline == nil ? seeds : [seeds[0]] {
                    var variant = variant
                    if !variant.hasOwnSeed { variant.training.seed = seed }
                    let isSeeded = seeds.count > 1 && base.baseline == nil
                    let label = isSeeded ? "\(group) seed=\(seed)" : group
                    // Points that differ only in what this variant does not have are one.
                    guard labels.insert("\(place) \(label)").inserted else { continue }
                    let configuration = try configuration(
                        variant, evaluation, seed: seed, options, task: task, data: digest,
                        catalog: catalog, context: context, script: script)
                    let item = try StudyItem(
                        label: label, group: group, variant: base.name, axes: axes,
                        seed: base.baseline == nil ? seed : nil, configuration: configuration)
                    items.append(
                        AblationItem(
                            item: item, place: place, variant: variant, evaluation: evaluation,
                            seed: seed))
                }
            }
        }
        return items
    }

    /// Everything that determines an item's numbers.
    private static func configuration(
        _ variant: Variant, _ evaluation: EvaluationOptions, seed: Int, _ options: StudyOptions,
        task: any Task, data: String, catalog: PluginCatalog, context: Context,
        script: String?
    ) throws -> Configuration {
        var members: JSONObject = [
            "schema": .string(RunManifest.schema),
            "numerics": .integer(Int64(ToolkitVersion.numerics)),
            "task": ["id": .string(task.id), "data_sha256": .string(data)],
            "evaluation": .object(try evaluation.json()),
        ]
        if let baseline = variant.baseline {
            members["baseline"] = .string(baseline.rawValue)
            return Configuration(members)
        }
        members["recipe"] = .object(try variant.recipe.json())
        members["training"] = .object(try variant.training.json())
        members["seed"] = .integer(Int64(seed))
        members["record"] = .array(options.record.map { .string($0) })
        members["record_images"] = .integer(Int64(options.recordImages))
        for (key, value) in context.determining.members { members[key] = value }
        let sources = try PluginSources.digests(of: variant.recipe, catalog, script: script)
        if !sources.isEmpty { members["sources"] = .object(sources) }
        return Configuration(members)
    }

    private static func complaint(_ key: String, _ variants: [Variant], _ keys: RecipeKeys) throws
        -> String
    {
        var known: [String] = []
        for name in try variants.flatMap({ try keys.known($0) }) where !known.contains(name) {
            known.append(name)
        }
        let own = ["variants", "seeds", "seed", "record_images"]
        return "No variant has what an axis names. "
            + NearestNames.sentence(
                kind: "key", name: RecipeKeys.short(key), among: known + own, shown: 12)
    }
}
