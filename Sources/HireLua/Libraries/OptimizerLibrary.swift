import HireNN
import HireVLM

/// The optimisers of `hire.nn`.
enum OptimizerLibrary {
    static let functions: [ScriptFunction] = [
        ScriptFunction(
            "adamw", "Adam with decoupled weight decay: `torch.optim.AdamW`.",
            parameters: [module],
            options: common + [
                .optional("beta1", .number, "Decay of the first moment.", default: "0.9"),
                .optional("beta2", .number, "Decay of the second moment.", default: "0.999"),
                .optional("epsilon", .number, "Added to the root.", default: "1e-8"),
            ], returns: [ScriptResult(.object("hire.Optimizer"), "the optimiser")],
            example: "local step = hire.nn.adamw(hire.nn.linear(2, 1), { learning_rate = 0.01 })"
        ) { a in
            [
                .object(
                    OptimizerObject(
                        try AdamW(
                            groups: try groups(a, 1e-3),
                            betas: (
                                try a.number("beta1", default: 0.9),
                                try a.number("beta2", default: 0.999)
                            ), epsilon: try a.number("epsilon", default: 1e-8))))
            ]
        },
        ScriptFunction(
            "sgd", "Gradient descent with momentum: `torch.optim.SGD`.",
            parameters: [module],
            options: common + [
                .optional("momentum", .number, "Of the velocity.", default: "0"),
                .optional("nesterov", .boolean, "Nesterov's momentum.", default: "false"),
            ], returns: [ScriptResult(.object("hire.Optimizer"), "the optimiser")],
            example: "local step = hire.nn.sgd(hire.nn.linear(2, 1), { learning_rate = 0.1 })"
        ) { a in
            [
                .object(
                    OptimizerObject(
                        try SGD(
                            groups: try groups(a, 1e-2),
                            momentum: try a.number("momentum", default: 0),
                            nesterov: try a.boolean("nesterov", default: false))))
            ]
        },
        ScriptFunction(
            "clip_gradients", "Scales all gradients so that their common norm is at most a bound.",
            parameters: [module, ScriptParameter("maximum", .number, "The bound.")],
            returns: [ScriptResult(.number, "the norm before")],
            example: """
                local net = hire.nn.linear(2, 1)
                net(hire.tensor.ones({ 1, 2 })):sum():backward()
                assert(hire.nn.clip_gradients(net, 1) > 0)
                """
        ) { a in
            let module = try a.object("module", ModuleObject.self).module
            return [
                .number(
                    try clipGradientNorm(
                        module.parameters().map(\.parameter), maximum: try a.number("maximum")))
            ]
        },
    ]

    private static let module = ScriptParameter("module", .object("hire.Module"), "The module.")

    private static let common: [ScriptParameter] = [
        .optional(
            "learning_rate", .number, "The learning rate.", default: "0.001 (adamw), 0.01 (sgd)"),
        .optional("weight_decay", .number, "Weight decay.", default: "0"),
        .optional("patterns", .list(.string), "Globs over the parameters.", default: "all"),
    ]

    private static func groups(_ a: ScriptArguments, _ standard: Double) throws -> [ParameterGroup]
    {
        let module = try a.object("module", ModuleObject.self).module
        let rate = try a.number("learning_rate", default: standard)
        let decay = try a.number("weight_decay", default: 0)
        if a.has("patterns") {
            return [
                try ParameterGroup(
                    name: "all", of: module, patterns: try a.strings("patterns"),
                    learningRate: rate,
                    weightDecay: decay)
            ]
        }
        return [
            ParameterGroup(
                name: "all", parameters: module.parameters().map(\.parameter), learningRate: rate,
                weightDecay: decay)
        ]
    }
}

/// An optimiser in a script's hands.
final class OptimizerObject: ScriptObject {
    private let optimizer: any Optimizer
    init(_ optimizer: any Optimizer) { self.optimizer = optimizer }

    var scriptDescription: String { "optimiser \(type(of: optimizer))" }

    static let scriptClass = ScriptClass(
        name: "hire.Optimizer", summary: "Changes parameters along their gradients.",
        methods: [
            ScriptFunction(
                "step", "One step on every parameter that has a gradient and is not frozen.",
                parameters: [
                    .optional(
                        "factor", .number, "Scales the learning rate, for schedules.", default: "1")
                ]
            ) { arguments in
                try arguments.receiver(OptimizerObject.self).optimizer.step(
                    factor: try arguments.number("factor", default: 1))
                return []
            },
            ScriptFunction("zero_grad", "Forgets all gradients.") { arguments in
                arguments.receiver(OptimizerObject.self).optimizer.zeroGradients()
                return []
            },
        ])
}
