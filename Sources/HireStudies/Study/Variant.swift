import HireFiles
import HireVLM

/// One row of an ablation: a pipeline with its own way of training, or a baseline that needs no pipeline.
public struct Variant: Sendable {
    /// Baselines without a model.
    public enum Baseline: String, Sendable, CaseIterable {
        /// The most frequent training answer of each question type.
        case majority
    }

    /// What tables and pictures call it.
    public var name: String
    /// What it is built from.
    public var recipe: Recipe
    /// How it is trained.
    public var training: TrainingOptions
    /// Set for a row without a model.
    public var baseline: Baseline?
    /// Whether its training has a seed of its own, which the study's seeds leave alone.
    public var hasOwnSeed = false

    /// A variant given its parts.
    public init(
        _ name: String, recipe: Recipe, training: TrainingOptions, baseline: Baseline? = nil
    ) {
        self.name = name
        self.recipe = recipe
        self.training = training
        self.baseline = baseline
    }

    static let keys = ["name", "training", "blindfold", "baseline"]

    /// Reads a variant that says what differs from a base: an enricher's id, or an object with a name, recipe fields,
    /// `training`, `blindfold` and `baseline`.
    ///
    /// A recipe field without `id` (or with the same one) changes options of the base's choice; with another `id` it
    /// replaces the choice.
    ///
    /// - Throws: `StudyError.variant`, and the errors of recipes and configurations.
    public init(_ json: JSONValue, on base: JSONObject, training: JSONObject) throws {
        if case .string(let id) = json {
            try self.init(
                .object(["name": .string(id), "enricher": .string(id)]), on: base,
                training: training)
            return
        }
        guard case .object(let object) = json else {
            throw StudyError.variant(
                name: "?", problem: "expected an enricher's name or a table, got \(json.kindName).")
        }
        guard let name = object["name"]?.stringValue ?? object["enricher"]?.stringValue,
            !name.isEmpty
        else {
            throw StudyError.variant(
                name: "?", problem: "a variant that is a table needs a 'name'.")
        }
        var recipe = base
        var options = training
        var baseline: Baseline?
        for (key, value) in object.members where key != "name" {
            switch (key, value) {
            case ("training", .object(let changes)):
                for (option, changed) in changes.members { options[option] = changed }
            case ("blindfold", .bool): options["blindfold"] = value
            case ("baseline", .string(let id)):
                guard let known = Baseline(rawValue: id) else {
                    throw StudyError.variant(
                        name: name,
                        problem: NearestNames.sentence(
                            kind: "baseline", name: id, among: Baseline.allCases.map(\.rawValue)))
                }
                baseline = known
            case ("training", _), ("blindfold", _), ("baseline", _):
                throw StudyError.variant(
                    name: name, problem: "'\(key)' cannot be \(value.kindName).")
            default: recipe[key] = Variant.overlay(value, on: recipe[key])
            }
        }
        try self.init(
            name, recipe: Recipe(recipe), training: .decode(options, plugin: "training"),
            baseline: baseline)
        hasOwnSeed = options["seed"] != nil
    }

    static func overlay(_ change: JSONValue, on base: JSONValue?) -> JSONValue {
        guard case .object(let changes) = change, let base else { return change }
        var result: JSONObject
        switch base {
        case .string(let id): result = ["id": .string(id)]
        case .object(let object): result = object
        default: return change
        }
        if let id = changes["id"], id != result["id"] { return change }
        for (key, value) in changes.members { result[key] = value }
        return .object(result)
    }
}
