import HireNN
import HireTensor
import HireVLM

/// `hire.cost`: what models cost, counted without weights.
public enum CostLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "cost",
        summary: "Multiply-adds, bytes and parameters by module, counted on shapes alone.",
        functions: [model, count, table1, figure3])

    private static func convention(_ fallback: CostConvention) -> ScriptParameter {
        .optional(
            "convention", .choice(CostConvention.allCases.map(\.rawValue)),
            "How multiply-adds are counted: as the paper did, or every one that happens.",
            default: "\"\(fallback.rawValue)\"")
    }

    private static let depth = ScriptParameter.optional(
        "depth", .integer, "How deep into the modules `modules` goes; 1 stops at the stages.",
        default: "2")

    private static let counted =
        "`convention`, `macs`, `flops` (twice as many), `bytes` (read and written), and `modules`: a list of the same by "
        + "`module`, parents first, with their `share`"

    private static let model = ScriptFunction(
        "model", "What one picture and a text cost a pipeline up to the first token of its answer.",
        parameters: [
            ScriptParameter(
                "model", .either([.object("hire.Pipeline"), .table]), "A pipeline, or a recipe.")
        ],
        options: [
            convention(.full),
            .optional(
                "text_tokens", .integer, "Tokens around the picture.",
                default: "\(PaperCosts.textTokens)"), depth,
            .optional(
                "corpus", .list(.string),
                "For a recipe: texts whose words the tokenizer must know.",
                default: "{}"),
        ],
        returns: [
            ScriptResult(
                .table,
                counted + ", `parameters` there too; and `tokens` (that the language model reads), "
                    + "`weight_bytes` and `peak_bytes`"),
            ScriptResult(.object("hire.Table"), "the same as a table"),
        ],
        example: """
            local cost, table = hire.cost.model({
              encoder = { id = "clip", variant = "ViT-L-14-336" },
              enricher = "hire",
              language_model = { id = "llama", variant = "vicuna-7b" },
            }, { convention = "fvcore" })
            assert(cost.macs == 4296451299608)
            """
    ) { arguments in
        let host = arguments.host
        var corpus = try arguments.strings("corpus")
        let recipe: Recipe
        if case .object = arguments.value("model") {
            let object = try arguments.object("model", PipelineObject.self)
            recipe = object.pipeline.recipe
            corpus = object.corpus
        } else {
            recipe = try Recipe(arguments.jsonObject("model"))
        }
        let text = try arguments.integer("text_tokens", default: PaperCosts.textTokens)
        guard (0...PaperCosts.mostTextTokens).contains(text) else {
            throw arguments.mismatch(
                "text_tokens", "a number from 0 to \(PaperCosts.mostTextTokens)")
        }
        let cost = try ModelCost.measure(
            recipe, catalog: host.catalog, corpus: corpus, textTokens: text,
            convention: try chosen(arguments, .full), shapes: { host.shapesContext() })
        let depth = try levels(arguments)
        let fields: [(String, ScriptValue)] = [
            ("tokens", .integer(cost.tokens)), ("weight_bytes", .integer(cost.weightBytes)),
            ("peak_bytes", .integer(cost.peakBytes)),
        ]
        return [
            .fields(values(cost.tree, cost.convention, depth, hasParameters: true) + fields),
            .object(
                TableObject(
                    .costs(
                        cost, depth: depth, title: "First token with \(cost.tokens) tokens read"))),
        ]
    }

    private static let count = ScriptFunction(
        "count",
        "What a function costs that makes modules and runs them, on shapes alone: nothing is computed, whatever the size.",
        parameters: [
            ScriptParameter(
                "body", .function,
                "Makes its modules and inputs and returns the results; what does not reach a result is not counted."
            )
        ],
        options: [convention(.full), depth],
        returns: [ScriptResult(.table, counted)],
        example: """
            local cost = hire.cost.count(function()
              local layer = hire.nn.linear(4096, 11008)
              return layer(hire.tensor.zeros { 618, 4096 })
            end)
            assert(cost.macs == 618 * 4096 * 11008)
            """
    ) { arguments in
        guard let body = try arguments.function("body") else {
            throw arguments.mismatch("body", "a function")
        }
        let convention = try chosen(arguments, .full)
        let context = arguments.host.shapesContext()
        let calls = try context.withoutGradients {
            try CostTrace.live(in: context) {
                let results = try arguments.host.making(in: context) { try body.call([]) }
                let tensors = results.flatMap(Self.tensors)
                guard tensors.contains(where: { $0.context === context }) else {
                    throw arguments.mismatch(
                        "body", "a function that returns at least one tensor it made")
                }
                return tensors
            }
        }
        return [
            .fields(
                values(
                    try CostTree(calls, convention: convention), convention, try levels(arguments),
                    hasParameters: false))
        ]
    }

    private static let table1 = paper(
        "table1", "The paper's Table 1 from the model code: five rows of LLaVA-1.5."
    ) { try .table1(convention: $0, catalog: $1.catalog, shapes: $1.shapesContext) }

    private static let figure3 = paper(
        "figure3", "The paper's Figure 3 as numbers: four vision towers at two resolutions."
    ) { try .figure3(convention: $0, catalog: $1.catalog, shapes: $1.shapesContext) }

    private static func paper(
        _ name: String, _ summary: String,
        _ make: @escaping @Sendable (CostConvention, any ScriptHost) throws -> ResultTable
    ) -> ScriptFunction {
        ScriptFunction(
            name, summary, options: [convention(.fvcore)],
            returns: [
                ScriptResult(.object("hire.Table"), "the table; its `rows` hold the numbers")
            ],
            example: "hire.cost.\(name)():print()"
        ) { arguments in
            let table = try make(chosen(arguments, .fvcore), arguments.host)
            return [.object(TableObject(table))]
        }
    }

    private static func chosen(
        _ arguments: ScriptArguments, _ fallback: CostConvention
    ) throws -> CostConvention {
        CostConvention(rawValue: try arguments.string("convention", default: fallback.rawValue))
            ?? fallback
    }

    private static func levels(_ arguments: ScriptArguments) throws -> Int {
        let depth = try arguments.integer("depth", default: 2)
        guard depth >= 0 else { throw arguments.mismatch("depth", "a number from 0") }
        return depth
    }

    private static func tensors(_ value: ScriptValue) -> [Tensor] {
        switch value {
        case .tensor(let tensor): [tensor]
        case .list(let values): values.flatMap(tensors)
        case .table(let fields): fields.flatMap { tensors($0.value) }
        default: []
        }
    }

    /// - Parameter hasParameters: whether the tree knows its parameters; those of a function are unknown.
    private static func values(
        _ tree: CostTree, _ convention: CostConvention, _ depth: Int, hasParameters: Bool
    ) -> [(String, ScriptValue)] {
        let total = max(tree.multiplyAdds, 1)
        let modules = tree.flattened(depth: depth).dropFirst().map { node, _ in
            ScriptValue.fields(
                [("module", .string(node.path))] + numbers(node, hasParameters)
                    + [("share", .number(Double(node.multiplyAdds) / Double(total)))])
        }
        return [("convention", .string(convention.rawValue))] + numbers(tree, hasParameters)
            + [("modules", .list(Array(modules)))]
    }

    private static func numbers(
        _ node: CostTree, _ hasParameters: Bool
    ) -> [(String, ScriptValue)] {
        [
            ("macs", .integer(node.multiplyAdds)), ("flops", .integer(2 * node.multiplyAdds)),
            ("bytes", .integer(node.bytes)),
        ] + (hasParameters ? [("parameters", .integer(node.parameters))] : [])
    }
}
