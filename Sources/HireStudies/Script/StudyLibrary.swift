import HireFiles
import HireTensor
import HireVLM

/// `hire.study`: experiments that keep what they finish.
public enum StudyLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "study", summary: "Experiments over several variants, kept in a folder.",
        functions: [ablation, sweep, CaptureFunction.capture], classes: [StudyObject.scriptClass])

    private static let ablation = ScriptFunction(
        "ablation",
        "Trains, evaluates and records variants under equal conditions, at every point of the axes and with every seed; what "
            + "is finished is kept and taken over when the same experiment runs again in the same folder.",
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
        ] + StudyArguments.options,
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
        let shared = StudyArguments(arguments: arguments)
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
        let chosen = try Self.chosen(variants, host.studyRequest)
        (variants, places) = (chosen.map { variants[$0] }, chosen.map { places[$0] })
        let study = try AblationStudy(
            task: arguments.object("task", TaskObject.self).task, variants: variants,
            options: studyOptions(arguments, shared), catalog: host.catalog, context: host.context,
            shapes: { host.shapesContext() }, folder: shared.folder(),
            script: host.studyRequest.script?.text)
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
        let runner = StudyRunner(
            study.folder, request: try shared.request(), script: try shared.script())
        return [.object(StudyObject(study, study.folder, try shared.run(study, runner)))]
    }

    private static let sweep = ScriptFunction(
        "sweep",
        "Calls a function at every point of the axes and with every seed; what it returns is kept, and taken over when the "
            + "same script runs again in the same folder.",
        options: [
            ScriptParameter(
                "run", .function,
                "Called as `run(point, run)`: `point` has the values of the axes, `seed`, `label` and `folder` (for files of "
                    + "its own), `run` the study's `folder` and the item's `id` and `group`. Returns a table of metrics (numbers, "
                    + "strings, booleans; `samples` is a list of grades or tables, one per sample), and perhaps a second one of "
                    + "measurements, such as seconds, that never count as results.")
        ] + StudyArguments.options,
        returns: [ScriptResult(.object("hire.Study"), "the finished study")],
        example: """
            local study = hire.study.sweep {
              axes = { rate = { 0.1, 0.2 }, width = { 4, 8 } },
              seeds = { 1, 2 },
              run = function(point)
                local x = hire.tensor.randn { point.width }
                return { loss = point.rate * x:mul(x):mean():item() }
              end,
            }
            study:table():print()
            """
    ) { arguments in
        let host = arguments.host
        let shared = StudyArguments(arguments: arguments)
        guard let function = try arguments.function("run") else {
            throw arguments.mismatch("run", "a function")
        }
        let given = Set(try shared.scriptKeys())
        let request = try shared.request()
        for override in request.overrides
        where !given.contains(override.key) && !["seed", "seeds"].contains(override.key) {
            throw StudyError.axis(
                "The sweep has no such axis. "
                    + NearestNames.sentence(
                        kind: "key", name: override.key, among: given.sorted() + ["seeds"]))
        }
        let study = try SweepStudy(
            shared.grid(leaving: [], defaultSeeds: []), script: request.script?.text,
            context: host.context, surroundings: shared.surroundings(), run: function)
        let runner = StudyRunner(
            try shared.folder(), request: request, script: try shared.script(function))
        return [.object(StudyObject(study, runner.folder, try shared.run(study, runner)))]
    }

    /// The places of the variants that the command line leaves (`variants=hire,jbu`): all if it says nothing.
    private static func chosen(_ variants: [Variant], _ request: StudyRequest) throws -> [Int] {
        guard let override = request.overrides.first(where: { $0.key == "variants" }) else {
            return Array(variants.indices)
        }
        for value in override.elements
        where !variants.contains(where: { $0.name == value.stringValue }) {
            throw StudyError.unknownVariant(
                suggestion: NearestNames.sentence(
                    kind: "variant", name: value.axisText, among: variants.map(\.name)))
        }
        return variants.indices.filter { override.elements.contains(.string(variants[$0].name)) }
    }

    private static func studyOptions(_ arguments: ScriptArguments, _ shared: StudyArguments) throws
        -> StudyOptions
    {
        let request = arguments.host.studyRequest
        var options = StudyOptions()
        options.grid = try shared.grid(leaving: ["variants", "record_images"], defaultSeeds: [1])
        options.evaluation = try .decode(
            Self.options(
                arguments, "evaluation", TrainingParameters.evaluation, EvaluationOptions.self),
            plugin: "evaluation")
        options.record = try arguments.strings("record")
        options.record += request.capture.filter { !options.record.contains($0) }
        options.recordImages = try arguments.integer("record_images", default: 16)
        if let override = request.overrides.first(where: { $0.key == "record_images" }) {
            guard override.values.count == 1, let count = override.values[0].intValue, count >= 0
            else { throw StudyError.axis("\(override.text): record_images is one number from 0.") }
            options.recordImages = count
        }
        return options
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
