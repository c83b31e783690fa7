import HireFiles
import HireImaging
import HireNN
import HireTensor
import HireVLM

extension PipelineMethods {
    private static let image = ScriptParameter(
        "image", .either([.object("hire.Image"), .boolean]),
        "The picture; false asks without one.")

    /// The options of generation as scripts see them; `GenerationOptions` checks them.
    static let generation: [ScriptParameter] = [
        .optional("maximum_tokens", .integer, "Where the answer is cut off.", default: "64"),
        .optional(
            "temperature", .number, "0 takes the likeliest token, any other draws.", default: "0"),
        .optional(
            "top_k", .integer, "Draws among so many likeliest tokens; 0 means all.", default: "50"),
        .optional(
            "top_p", .number, "Draws among the likeliest tokens that have this probability.",
            default: "1"),
        .optional(
            "min_p", .number, "Draws among tokens with this share of the likeliest one's.",
            default: "0"),
        .optional(
            "repetition_penalty", .number, "Above 1: what was said is less likely to come again.",
            default: "1"),
        .optional("beams", .integer, "Answers followed at once.", default: "1"),
        .optional(
            "length_penalty", .number, "Beams are ranked by sum of logs / length^penalty.",
            default: "1"),
        .optional(
            "early_stopping", .any, "When beam search ends: false, true or \"never\".",
            default: "false"),
        .optional("stop", .list(.string), "Texts that end the answer.", default: "{}"),
        .optional(
            "end_ids", .list(.integer), "Ids that end the answer.", default: "the model's own"),
        .optional("seed", .integer, "Keys the draws.", default: "0"),
    ]

    static let answering = [
        ScriptFunction(
            "ask",
            "Asks one question about one picture, in the pipeline's conversation template; greedy by default.",
            parameters: [image, ScriptParameter("question", .string, "The question.")],
            options: [
                CaptureArguments.capture, CaptureArguments.edits,
                .optional(
                    "to", .path,
                    "An .h5 file, or a folder for one: captured features go there, and the results are handles."
                ),
                .optional(
                    "on_text", .function,
                    "Given each new piece of the answer; returning false ends it."),
            ] + generation,
            returns: [
                ScriptResult(
                    .table,
                    "`text`, `ids`, `finish` (end, stop, length, cancelled), `prompt_tokens`, `tokens`, `seconds`, "
                        + "`seconds_to_first_token`, `tokens_per_second`, `score` (beams) and `macs` (multiply-adds "
                        + "that were made)"),
                ScriptResult(
                    .table,
                    "captured tensors by name; each as it was reached first; handles with `read` where `to` is given"
                ),
                ScriptResult(
                    .table, "about the capture: `notes`, and with `to` `files` and `bytes`"),
            ]
        ) { arguments in
            let pipeline = arguments.receiver(PipelineObject.self).pipeline
            let question = try arguments.string("question")
            let options = try generationOptions(arguments)
            let listener = try arguments.function("on_text")
            let hooks = GenerationHooks(
                onText: listener.map { listener in
                    { _, text in
                        if case .boolean(false)? = try listener.call([.string(text)]).first {
                            return false
                        }
                        return true
                    }
                }, checkInterrupt: { try arguments.host.checkInterrupt() })
            let image = try picture(arguments)
            let call = try CaptureCall(
                arguments, option: "capture", question: question, images: image == nil ? 0 : 1)
            let edits = try CaptureEdits(arguments, of: pipeline)
            defer { edits.cancel() }
            var outcome = CapturePass.Outcome(captured: [])
            let counter = try CostCounter.count(in: pipeline.context) {
                outcome = try CapturePass(pipeline, call.collector).run(
                    image.map { [$0] }, question: question, reachable: call.reachable,
                    answering: options, hooks: hooks)
            }
            let answer = outcome.answer ?? Generation(text: "", ids: [])
            let (captured, about) = try call.kept(outcome, seconds: answer.timing.seconds)
            return [
                .fields(fields(answer) + [("macs", .integer(counter.total))]), captured,
                .fields(about),
            ]
        },
        ScriptFunction(
            "logits", "The language model's logits for a text as it stands.",
            parameters: [
                image,
                ScriptParameter(
                    "text", .string,
                    "The whole prompt, tokenised as the model's folder says; `<image>` marks where image tokens go."
                ),
            ],
            options: [
                .optional("last", .boolean, "Only those of the last position.", default: "false"),
                CaptureArguments.capture,
            ],
            returns: [
                ScriptResult(.tensor, "[1, positions, vocabulary]"),
                ScriptResult(.table, "captured tensors by name"),
            ]
        ) { arguments in
            let pipeline = arguments.receiver(PipelineObject.self).pipeline
            var logits: Tensor?
            let image = try picture(arguments)
            let question = try pipeline.tokenised(
                arguments.string("text"), image: image == nil ? nil : 0)
            let span = SequenceSpan(question, imageTokens: pipeline.enricher.outputTokens)
            let rules = try CaptureArguments.rules(arguments, "capture")
            let captured = try capturing(pipeline, rules, geometry: SequenceGeometry(span)) {
                logits = try pipeline.logits(
                    image, arguments.string("text"),
                    lastOnly: arguments.boolean("last", default: false))
            }
            return [
                logits.map { .tensor($0) } ?? .none, .fields(captured.map { ($0, .tensor($1)) }),
            ]
        },
        ScriptFunction(
            "score", "Log-probabilities of given answers, as V* compares them.",
            parameters: [
                image,
                ScriptParameter(
                    "text", .string,
                    "A question, which the template surrounds; with `<image>` in it a whole prompt as it stands."
                ),
                ScriptParameter("answers", .list(.string), "The answers."),
            ],
            options: [
                .optional(
                    "including_end", .boolean,
                    "Whether the end-of-text token after each answer counts.", default: "true")
            ],
            returns: [
                ScriptResult(
                    .list(.table),
                    "per answer `sum` and `mean` of the natural logarithms, `tokens` (their list) and `ids`"
                )
            ]
        ) { arguments in
            let pipeline = arguments.receiver(PipelineObject.self).pipeline
            let scores = try pipeline.score(
                picture(arguments), arguments.string("text"), answers: arguments.strings("answers"),
                includingEnd: arguments.boolean("including_end", default: true),
                checkInterrupt: { try arguments.host.checkInterrupt() })
            return [
                .list(
                    scores.map { score in
                        .fields([
                            ("sum", .number(score.sum)), ("mean", .number(score.mean)),
                            ("tokens", .list(score.logProbabilities.map { .number($0) })),
                            ("ids", .list(score.ids.map { .integer($0) })),
                        ])
                    })
            ]
        },
        ScriptFunction(
            "prompt", "The text that a question becomes in the pipeline's template, and its ids.",
            parameters: [ScriptParameter("question", .string, "The question.")],
            options: [
                .optional("image", .boolean, "Whether there is a picture.", default: "true")
            ],
            returns: [
                ScriptResult(.string, "the text"),
                ScriptResult(.list(.integer), "ids in front of the image tokens"),
                ScriptResult(.list(.integer), "ids behind them"),
            ]
        ) { arguments in
            let pipeline = arguments.receiver(PipelineObject.self).pipeline
            let place = try arguments.boolean("image", default: true) ? 0 : nil
            let turns = [ConversationTurn(try arguments.string("question"))]
            let prompted = try pipeline.prompted(turns, image: place)
            return [
                .string(pipeline.template.text(of: turns, hasImage: place != nil)),
                .list(prompted.before.map { .integer($0) }),
                .list(prompted.after.map { .integer($0) }),
            ]
        },
    ]

    /// The given options of generation, checked.
    static func generationOptions(_ arguments: ScriptArguments) throws -> GenerationOptions {
        try GenerationOptions.decode(
            arguments.jsonObject(of: generation, defaults: GenerationOptions.defaults()),
            plugin: "generation")
    }

    /// An answer's fields as scripts see them.
    static func fields(_ answer: Generation) -> [(String, ScriptValue)] {
        [
            ("text", .string(answer.text)), ("ids", .list(answer.ids.map { .integer($0) })),
            ("finish", .string(answer.finish.rawValue)),
            ("prompt_tokens", .integer(answer.promptTokens)),
            ("tokens", .integer(answer.ids.count)), ("seconds", .number(answer.timing.seconds)),
            ("seconds_to_first_token", .number(answer.timing.secondsToFirstToken)),
            ("tokens_per_second", .number(answer.timing.tokensPerSecond)),
        ] + (answer.score.map { [("score", .number($0))] } ?? [])
    }

    private static func picture(_ arguments: ScriptArguments) throws -> Image? {
        if case .boolean(false) = arguments.value("image") { return nil }
        return try arguments.object("image", ImageObject.self).image
    }
}
