import HireFiles
import HireVLM

extension PipelineLibrary {
    static let check = ScriptFunction(
        "check",
        "Builds recipes where nothing is computed, runs them, and says everything that does not fit; takes milliseconds "
            + "at any size.",
        parameters: [
            ScriptParameter(
                "recipe", .table, "A recipe as for `build`, or a list of recipes.")
        ],
        options: [
            .optional(
                "task", .object("hire.Task"), "The task whose words and longest questions must fit."
            ),
            .optional(
                "corpus", .list(.string), "Further texts whose words the tokenizer must know.",
                default: "{}"),
        ],
        returns: [ScriptResult(.list(.string), "problems as sentences; empty if all is well")],
        example: """
            local problems = hire.pipeline.check {
              { enricher = "hire", encoder = { id = "small-vit", resolution = 16, patch = 4 } },
              { enricher = "hrie", encoder = { id = "small-vit", resolution = 18, patch = 4 } },
            }
            for _, problem in ipairs(problems) do print(problem) end
            """
    ) { arguments in
        var texts = CheckedTexts(corpus: try arguments.strings("corpus"))
        if arguments.has("task") {
            let corpus = texts.corpus
            texts = CheckedTexts(
                try arguments.object("task", TaskObject.self).task, DataSplit.allCases)
            texts.corpus += corpus
        }
        let check = PipelineCheck(
            arguments.host.catalog, shapes: { arguments.host.shapesContext() })
        func problems(_ recipe: () throws -> Recipe) -> [String] {
            do {
                return check.check(try recipe(), texts).problems.map(\.description)
            } catch {
                return ["\(error)"]
            }
        }
        guard case .list(let items) = arguments.value("recipe"), !items.isEmpty else {
            return [
                .list(problems { try Recipe(arguments.jsonObject("recipe")) }.map { .string($0) })
            ]
        }
        let found = items.enumerated().flatMap { place, item in
            problems {
                let json = try item.json("recipes[\(place + 1)]")
                if json == .array([]) { return Recipe() }
                guard case .object(let object) = json else {
                    throw ScriptError.message("a recipe is a table, got \(json.kindName).")
                }
                return try Recipe(object)
            }.map { "recipes[\(place + 1)]: \($0)" }
        }
        return [.list(found.map { .string($0) })]
    }
}

extension PipelineObject {
    /// Runs the pipeline where nothing is computed before long work begins.
    ///
    /// That an enricher looks at values, which only a dry run does not have, is no reason to refuse it.
    func requireRunning(_ texts: CheckedTexts, _ arguments: ScriptArguments) throws {
        var texts = texts
        texts.corpus += corpus
        let host = arguments.host
        let problems = PipelineCheck(host.catalog, shapes: { host.shapesContext() })
            .check(pipeline.recipe, texts, tokenizer: pipeline.tokenizer).problems
            .filter { !$0.readsValues }
        if problems.isEmpty { return }
        throw StudyError.problems(problems.map { StudyProblem(variant: nil, $0.description) })
    }
}
