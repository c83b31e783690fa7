import HireArray
import HireNN
import HireTensor
import HireVLM

/// `hire.nn`: layers and optimisers.
enum NNLibrary {
    static let library = ScriptLibrary(
        name: "nn",
        summary: "Layers with PyTorch's names, semantics and initial distributions; optimisers.",
        functions: layers + shaping + activations + containers + OptimizerLibrary.functions,
        classes: [
            ModuleObject.scriptClass, BilateralStageObject.scriptClass, CaptureObject.scriptClass,
            OptimizerObject.scriptClass,
        ])

    private static let module = [ScriptResult(.object("hire.Module"), "the layer")]
    private static let bias = ScriptParameter.optional(
        "bias", .boolean, "Whether a bias is added.", default: "true")
    private static func count(_ name: String, _ summary: String) -> ScriptParameter {
        ScriptParameter(name, .integer, summary)
    }
    private static func pair(_ name: String, _ summary: String, _ text: String) -> ScriptParameter {
        .optional(
            name, .list(.integer), summary + " One number, or { vertical, horizontal }.",
            default: text)
    }
    private static let epsilon = ScriptParameter.optional(
        "epsilon", .number, "Added to the variance.", default: "1e-5")

    private static let layers: [ScriptFunction] = [
        ScriptFunction(
            "linear", "x W^T + b: `nn.Linear`.",
            parameters: [
                count("inputs", "Width of the input."), count("outputs", "Width of the output."),
            ],
            options: [bias], returns: module,
            example:
                "local layer = hire.nn.linear(4, 2)\nassert(layer(hire.tensor.ones({ 3, 4 })):size(2) == 2)"
        ) { a in
            wrap(
                Linear(
                    try positive(a, "inputs"), try positive(a, "outputs"),
                    bias: try a.boolean("bias", default: true), in: a.host.context))
        },
        ScriptFunction(
            "conv2d", "Convolution of maps [N, C, H, W]: `nn.Conv2d`.",
            parameters: [count("inputs", "Channels in."), count("outputs", "Channels out.")],
            options: [
                pair("kernel", "Extents of the kernel.", "3"), pair("stride", "Steps.", "1"),
                pair("padding", "Zeros around the map.", "0"),
                pair("dilation", "Gaps in the kernel.", "1"),
                .optional("groups", .integer, "Groups of channels.", default: "1"), bias,
            ], returns: module,
            example: "local layer = hire.nn.conv2d(3, 8, { kernel = 3, padding = 1 })"
        ) { a in
            let groups = try positive(a, "groups", 1)
            let (inputs, outputs) = (try positive(a, "inputs"), try positive(a, "outputs"))
            guard inputs % groups == 0, outputs % groups == 0 else {
                throw a.mismatch("groups", "a divisor of \(inputs) and \(outputs)")
            }
            return wrap(
                Conv2d(
                    inputs, outputs, kernel: try pair(a, "kernel", 3),
                    stride: try pair(a, "stride", 1),
                    padding: try pair(a, "padding", 0, least: 0),
                    dilation: try pair(a, "dilation", 1),
                    groups: groups, bias: try a.boolean("bias", default: true), in: a.host.context))
        },
        ScriptFunction(
            "conv_transpose2d", "Transposed convolution: `nn.ConvTranspose2d`.",
            parameters: [count("inputs", "Channels in."), count("outputs", "Channels out.")],
            options: [
                pair("kernel", "Extents of the kernel.", "2"), pair("stride", "Steps.", "1"),
                pair("padding", "Rows and columns cut off.", "0"),
                pair("output_padding", "Rows and columns added.", "0"),
                .optional("groups", .integer, "Groups of channels.", default: "1"), bias,
            ], returns: module,
            example: "local layer = hire.nn.conv_transpose2d(8, 4, { stride = 2 })"
        ) { a in
            wrap(
                ConvTranspose2d(
                    try positive(a, "inputs"), try positive(a, "outputs"),
                    kernel: try pair(a, "kernel", 2),
                    stride: try pair(a, "stride", 1), padding: try pair(a, "padding", 0, least: 0),
                    outputPadding: try pair(a, "output_padding", 0, least: 0),
                    groups: try positive(a, "groups", 1),
                    bias: try a.boolean("bias", default: true),
                    in: a.host.context))
        },
        ScriptFunction(
            "embedding", "Rows of a table at ids that count from 0: `nn.Embedding`.",
            parameters: [count("rows", "Rows of the table."), count("width", "Width of a row.")],
            returns: module, example: "local words = hire.nn.embedding(100, 16)"
        ) { a in
            wrap(Embedding(try positive(a, "rows"), try positive(a, "width"), in: a.host.context))
        },
        ScriptFunction(
            "attention", "Self-attention with several heads over tokens [N, T, width].",
            parameters: [
                count("width", "Width of the tokens."),
                count("heads", "Heads; they divide the width."),
            ],
            options: [bias], returns: module, example: "local layer = hire.nn.attention(16, 4)"
        ) { a in
            wrap(
                MultiHeadAttention(
                    try positive(a, "width"), heads: try positive(a, "heads"),
                    bias: try a.boolean("bias", default: true), in: a.host.context))
        },
        ScriptFunction(
            "jbu_stage", "One joint bilateral upsampling stage (FeatUp's learned range kernel).",
            options: [
                ScriptParameter("guidance", .integer, "Channels of the guidance map."),
                .optional(
                    "key_size", .integer, "Width in which neighbours are compared.", default: "32"),
                .optional("radius", .integer, "Reach of the kernel.", default: "3"),
                .optional("dropout", .number, "Of whole hidden channels.", default: "0.1"),
            ], returns: [ScriptResult(.object("hire.JBUStage"), "the stage")],
            example: "local stage = hire.nn.jbu_stage { guidance = 8, radius = 2 }"
        ) { a in
            wrap(
                try JointBilateralStage(
                    guidanceChannels: try positive(a, "guidance"),
                    keySize: try positive(a, "key_size", 32),
                    radius: try positive(a, "radius", 3),
                    dropout: try a.number("dropout", default: 0.1),
                    in: a.host.context))
        },
    ]

    private static let shaping: [ScriptFunction] = [
        ScriptFunction(
            "layer_norm", "Normalises the last dimension: `nn.LayerNorm`.",
            parameters: [count("width", "Width of the last dimension.")],
            options: [
                epsilon, .optional("affine", .boolean, "Scale and shift.", default: "true"), bias,
            ],
            returns: module, example: "local norm = hire.nn.layer_norm(16)"
        ) { a in
            wrap(
                LayerNorm(
                    try positive(a, "width"), epsilon: try a.number("epsilon", default: 1e-5),
                    affine: try a.boolean("affine", default: true),
                    bias: try a.boolean("bias", default: true), in: a.host.context))
        },
        ScriptFunction(
            "rms_norm", "Divides by the root mean square of the last dimension.",
            parameters: [count("width", "Width of the last dimension.")],
            options: [.optional("epsilon", .number, "Added to the mean square.", default: "1e-6")],
            returns: module, example: "local norm = hire.nn.rms_norm(16)"
        ) { a in
            wrap(
                RMSNorm(
                    try positive(a, "width"), epsilon: try a.number("epsilon", default: 1e-6),
                    in: a.host.context))
        },
        ScriptFunction(
            "batch_norm2d", "Normalises channels over batch and map: `nn.BatchNorm2d`.",
            parameters: [count("channels", "Channels.")],
            options: [
                epsilon,
                .optional("momentum", .number, "Of the running statistics.", default: "0.1"),
            ],
            returns: module, example: "local norm = hire.nn.batch_norm2d(8)"
        ) { a in
            wrap(
                BatchNorm2d(
                    try positive(a, "channels"), epsilon: try a.number("epsilon", default: 1e-5),
                    momentum: try a.number("momentum", default: 0.1), in: a.host.context))
        },
        ScriptFunction(
            "group_norm", "Normalises groups of channels: `nn.GroupNorm`.",
            parameters: [count("groups", "Groups."), count("channels", "Channels.")],
            options: [epsilon],
            returns: module, example: "local norm = hire.nn.group_norm(2, 8)"
        ) { a in
            let (groups, channels) = (try positive(a, "groups"), try positive(a, "channels"))
            guard channels % groups == 0 else {
                throw a.mismatch("groups", "a divisor of \(channels)")
            }
            return wrap(
                GroupNorm(
                    groups: groups, channels, epsilon: try a.number("epsilon", default: 1e-5),
                    in: a.host.context))
        },
        ScriptFunction(
            "dropout", "Drops elements while training: `nn.Dropout`.",
            parameters: [ScriptParameter("probability", .number, "Of dropping one.")],
            returns: module,
            example: "local drop = hire.nn.dropout(0.1)"
        ) { a in wrap(Dropout(try a.number("probability"))) },
        ScriptFunction(
            "dropout2d", "Drops whole channels while training: `nn.Dropout2d`.",
            parameters: [ScriptParameter("probability", .number, "Of dropping one.")],
            returns: module,
            example: "local drop = hire.nn.dropout2d(0.1)"
        ) { a in wrap(Dropout2d(try a.number("probability"))) },
    ]

    private static let activations: [ScriptFunction] = [
        ScriptFunction(
            "gelu", "The Gaussian error linear unit: `nn.GELU`.",
            options: [
                .optional(
                    "kind", .choice(GELUKind.allCases.map(\.rawValue)),
                    "Exact, or an approximation.",
                    default: "\"erf\"")
            ], returns: module, example: "local act = hire.nn.gelu()"
        ) { a in wrap(GELU(GELUKind(rawValue: try a.string("kind", default: "erf")) ?? .erf)) },
        ScriptFunction(
            "silu", "x sigmoid(x): `nn.SiLU`.", returns: module,
            example: "local act = hire.nn.silu()"
        ) {
            _ in wrap(SiLU())
        },
        ScriptFunction(
            "relu", "max(x, 0): `nn.ReLU`.", returns: module, example: "local act = hire.nn.relu()"
        ) {
            _ in wrap(ReLU())
        },
    ]

    private static let modules = ScriptParameter(
        "modules", .list(.object("hire.Module")),
        "The modules in order; they are named \"0\", \"1\" and so on.")

    private static let containers: [ScriptFunction] = [
        ScriptFunction(
            "sequential", "Modules one after the other, from Swift or Lua: `nn.Sequential`.",
            parameters: [modules], returns: module,
            example:
                "local net = hire.nn.sequential { hire.nn.linear(4, 8), hire.nn.gelu(), hire.nn.linear(8, 2) }"
        ) { a in wrap(try LuaSequence(try list(a))) },
        ScriptFunction(
            "module_list",
            "Modules with the names \"0\", \"1\", … and no forward pass: `nn.ModuleList`.",
            parameters: [modules], returns: module,
            example: "local list = hire.nn.module_list { hire.nn.relu(), hire.nn.relu() }"
        ) { a in wrap(try LuaModuleList(try list(a))) },
        ScriptFunction(
            "checkpoint",
            "Makes a module keep nothing for its gradients and run again in `backward`: less memory for another "
                + "forward pass, with the same bits (`torch.utils.checkpoint`). Running statistics and captures see one run.",
            parameters: [
                ScriptParameter(
                    "module", .object("hire.Module"), "A module that gives one tensor.")
            ],
            returns: [ScriptResult(.object("hire.Module"), "the same module")],
            example:
                "local block = hire.nn.checkpoint(hire.nn.sequential { hire.nn.linear(4, 8), hire.nn.gelu() })"
        ) { a in
            let object = try a.object("module", ModuleObject.self)
            guard object.module.givesTensor else {
                throw a.mismatch("module", "a module that gives one tensor")
            }
            object.module.scope.recomputes = true
            return [.object(object)]
        },
    ]

    private static func list(_ arguments: ScriptArguments) throws -> [any Module] {
        try arguments.list("modules").map { value in
            guard case .object(let object as ModuleObject) = value else {
                throw arguments.mismatch("modules", "a list of modules")
            }
            return object.module
        }
    }

    private static func wrap(_ module: any Module) -> [ScriptValue] {
        [.object(ModuleObject.of(module))]
    }

    static func positive(_ a: ScriptArguments, _ name: String, _ fallback: Int? = nil) throws -> Int
    {
        let value = try a.integer(name, default: fallback)
        guard value > 0, value <= 1 << 30 else { throw a.mismatch(name, "a positive integer") }
        return value
    }

    private static func pair(
        _ a: ScriptArguments, _ name: String, _ fallback: Int, least: Int = 1
    ) throws -> SIMD2<Int> {
        guard a.has(name) else { return SIMD2(repeating: fallback) }
        let values = try a.integers(name)
        guard values.count == 1 || values.count == 2,
            values.allSatisfy({ $0 >= least && $0 < 1 << 20 })
        else { throw a.mismatch(name, "one or two integers from \(least)") }
        return SIMD2(values[0], values[values.count - 1])
    }
}
