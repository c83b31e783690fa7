import HireFiles
import HireTensor
import HireVLM

/// `hire.study`: experiments that keep what they finish.
public enum StudyLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "study", summary: "Experiments over several variants, kept in a folder.",
        functions: [ablation], classes: [StudyObject.scriptClass])

    private static let ablation = ScriptFunction(
        "ablation",
        "Trains, evaluates and records variants under equal conditions; what is finished is kept and taken over when "
            + "the same experiment runs again in the same folder.",
        options: [
            ScriptParameter("task", .object("hire.Task"), "What is learned and asked."),
            ScriptParameter(
                "variants", .list(.either([.string, .table])),
                "Enricher ids, or tables with `name`, recipe fields that differ, `training`, `blindfold`, or "
                    + "`baseline = \"majority\"`."),
            .optional("recipe", .table, "What all variants share.", default: "{}"),
            .optional("training", .table, "Options of `hire.train.run`.", default: "{}"),
            .optional("evaluation", .table, "Options of `hire.evaluate.run`.", default: "{}"),
            .optional(
                "record", .list(.string), "Globs of features written to HDF5.", default: "{}"),
            .optional(
                "record_images", .integer, "Pictures whose features are written.", default: "16"),
            .optional("seed", .integer, "Keys initialisation.", default: "1"),
            .optional(
                "fresh", .boolean, "Does finished variants again.",
                default: "whether `--fresh` stands behind `--` on the command line"),
            .optional("folder", .path, "Where results go.", default: "the folder for results"),
        ],
        returns: [ScriptResult(.object("hire.Study"), "the finished study")],
        example: """
            local study = hire.study.ablation {
              task = hire.task.load { id = "shapes", train_images = 20, test_images = 10, size = 32 },
              recipe = {
                preprocessing = { high_resolution = 32, low_resolution = 16 },
                encoder = { id = "small-vit", resolution = 16, patch = 4, width = 16 },
              },
              variants = { "none", { name = "majority", baseline = "majority" } },
              training = { steps = 2, images = 2, warmup = 0 },
              evaluation = { images = 4 },
            }
            study:table():print()
            """
    ) { arguments in
        let host = arguments.host
        let base = try Recipe(arguments.jsonObject("recipe")).json()
        let training = try options(
            arguments, "training", TrainingParameters.training, TrainingOptions.self)
        var (variants, places, problems) = ([Variant](), [Int](), [StudyProblem]())
        for (place, value) in try arguments.list("variants").enumerated() {
            do {
                variants.append(
                    try Variant(value.json("variants[\(place + 1)]"), on: base, training: training))
                places.append(place)
            } catch {
                problems.append(StudyProblem(variant: place, "\(error)"))
            }
        }
        var options = StudyOptions()
        options.seed = try arguments.integer("seed", default: 1)
        guard options.seed >= 0 else { throw arguments.mismatch("seed", "a number from 0") }
        options.evaluation = try .decode(
            Self.options(
                arguments, "evaluation", TrainingParameters.evaluation, EvaluationOptions.self),
            plugin: "evaluation")
        options.record = try arguments.strings("record")
        options.recordImages = try arguments.integer("record_images", default: 16)
        options.fresh = try arguments.boolean(
            "fresh", default: host.arguments.contains("--fresh"))
        let folder = try arguments.string("folder", default: host.outputFolder)
        let study = try AblationStudy(
            task: arguments.object("task", TaskObject.self).task, variants: variants,
            options: options,
            catalog: host.catalog, context: host.context, shapes: { host.shapesContext() },
            folder: RunFolder(folder))
        if !problems.isEmpty {
            // What can be read is checked too, so that one look shows everything.
            problems += study.problems().map { problem in
                var problem = problem
                problem.variant = problem.variant.map { places[$0] }
                return problem
            }
            problems.sort { $0.variant ?? .max < $1.variant ?? .max }
            throw StudyError.problems(problems)
        }
        try study.run(RunMonitor(host))
        return [.object(StudyObject(study))]
    }

    /// A table of options; `{}` is empty fields where fields are expected, and unknown names are refused.
    private static func options<C: PluginConfiguration>(
        _ arguments: ScriptArguments, _ name: String, _ known: [ScriptParameter], _ type: C.Type
    ) throws -> JSONObject {
        var object = try arguments.jsonObject(name)
        let defaults = try C.defaults()
        for key in object.keys {
            guard defaults[key] != nil else {
                throw ScriptError.unknownOption(
                    function: "\(arguments.function), \(name)", name: key,
                    suggestion: NearestNames.sentence(
                        kind: "option", name: key, among: known.map(\.name)))
            }
            if object[key] == .array([]), defaults[key]?.objectValue != nil {
                object[key] = .object(JSONObject())
            }
        }
        return object
    }
}
