import HireFiles
import HireVLM

/// The dotted keys on which axes and overrides act: what they are, and how a value is put there.
struct RecipeKeys {
    let catalog: PluginCatalog

    private static let kinds: [(key: String, kind: PluginKind)] = [
        ("encoder", .encoder), ("enricher", .enricher), ("projector", .projector),
        ("language_model", .languageModel), ("tokenizer", .tokenizer),
    ]
    private static let plain = ["prompt", "image_tokenisation", "end_tokens"]

    /// A key without `recipe.` in front.
    static func short(_ key: String) -> String {
        key.hasPrefix("recipe.") ? String(key.dropFirst("recipe.".count)) : key
    }

    /// Every key that a variant has: one for each option of its plugins, preprocessing, training and evaluation.
    func known(_ variant: Variant) throws -> [String] {
        var keys: [String] = []
        if variant.baseline == nil {
            let recipe = try variant.recipe.json()
            for (key, kind) in Self.kinds {
                keys.append(key)
                guard let choice = recipe[key], let id = choice["id"]?.stringValue else { continue }
                keys += try catalog.entry(kind, id).defaults.keys.map { "\(key).\($0)" }
            }
            keys += try ImagePreprocessing.defaults().keys.map { "preprocessing.\($0)" }
            keys += Self.plain
            keys += try TrainingOptions.defaults().keys.map { "training.\($0)" }
        }
        return try keys + EvaluationOptions.defaults().keys.map { "evaluation.\($0)" }
    }

    /// Whether a variant has a key: `enricher.stages` means nothing to an enricher without that option.
    func applies(_ key: String, to variant: Variant) throws -> Bool {
        let key = Self.short(key)
        return try known(variant).contains {
            key == $0 || key.hasPrefix($0 + ".") && $0.contains(".")
        }
    }

    /// Puts a value at a key of a variant or of the options of its evaluation.
    ///
    /// - Throws: the errors of recipes and configurations for values that do not fit.
    func put(
        _ value: JSONValue, at key: String, of variant: inout Variant,
        _ evaluation: inout EvaluationOptions
    ) throws {
        let parts = Self.short(key).split(separator: ".", maxSplits: 1).map(String.init)
        switch (parts[0], parts.count) {
        case ("training", 2):
            var options = try variant.training.json()
            Self.put(value, at: parts[1], of: &options)
            variant.training = try .decode(options, plugin: "training")
            if parts[1] == "seed" { variant.hasOwnSeed = true }
            try variant.training.check()
        case ("evaluation", 2):
            var options = try evaluation.json()
            Self.put(value, at: parts[1], of: &options)
            evaluation = try .decode(options, plugin: "evaluation")
            try evaluation.check()
        default:
            var recipe = try variant.recipe.json()
            if parts.count == 1 {
                recipe[parts[0]] = Variant.overlay(value, on: recipe[parts[0]])
            } else {
                var choice = recipe[parts[0]]?.objectValue ?? JSONObject()
                Self.put(value, at: parts[1], of: &choice)
                recipe[parts[0]] = .object(choice)
            }
            variant.recipe = try Recipe(recipe)
        }
    }

    /// Below an option that is a table, the rest of the key is one name: patterns of parameters have dots themselves.
    private static func put(_ value: JSONValue, at key: String, of object: inout JSONObject) {
        let parts = key.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else {
            object[key] = value
            return
        }
        var inner = object[parts[0]]?.objectValue ?? JSONObject()
        inner[parts[1]] = value
        object[parts[0]] = .object(inner)
    }
}
