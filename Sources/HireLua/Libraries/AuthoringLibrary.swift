import HireFiles
import HireVLM

/// What scripts call to write modules and plugins of their own; these stand directly in `hire`.
enum AuthoringLibrary {
    static let functions: [ScriptFunction] = [module, enricher]

    private static let forward = ScriptParameter(
        "forward", .function, "Computes the output: `function(self, …)`.")

    private static let module = ScriptFunction(
        "module", "Defines a kind of module; calling the result makes one.",
        options: [
            .optional(
                "new", .function,
                "Declares children and parameters: `function(self, …)` with the arguments of the call."
            ),
            forward,
        ], returns: [ScriptResult(.function, "makes a module from the arguments of `new`")],
        example: """
            local Block = hire.module {
              new = function(self, width)
                self.fc = self:child("fc", hire.nn.linear(width, width))
                self:parameter("scale", {}, { value = 0.5 })
              end,
              forward = function(self, x) return x + self.fc(x):gelu() * self.scale end,
            }
            local block = Block(8)
            assert(block(hire.tensor.ones({ 2, 8 })):size(1) == 2)
            """
    ) { arguments in
        guard let forward = try arguments.function("forward") as? LuaFunction else {
            throw arguments.mismatch("forward", "a Lua function")
        }
        let new = try arguments.function("new") as? LuaFunction
        return [.function(LuaModuleMaker(new: new, forward: forward))]
    }

    private static let enricher = ScriptFunction(
        "enricher",
        "Defines an enricher; a plugin file returns it, a script calls `register` on it.",
        options: [
            ScriptParameter("id", .string, "The name by which recipes ask for it, kebab-case."),
            ScriptParameter("summary", .string, "One sentence."),
            .optional("reference", .string, "Where the method comes from."),
            .optional("config", .table, "Every option with its default; recipes may change them."),
            .optional(
                "new", .function,
                "Declares children and parameters: `function(self, config, host)`; sets "
                    + "`self.output_channels`, `self.output_grid` and `self.output_tokens` where they differ from "
                    + "the host's `channels`, its `grid`, and the product of the output's grid, and "
                    + "`self.base_channel` where E(i) does not come first (false if it does not come out at all)."
            ),
            ScriptParameter(
                "forward", .function,
                "`function(self, input)` with `input.base`, `input.image.high`, `input.image.low`, "
                    + "`input.image.pictures` (nil where only tensors are known), `input.encode(image)` and "
                    + "`input.project(map)`; gives a feature map or a tensor [N, C, H, W]."),
        ], returns: [ScriptResult(.object("hire.EnricherPlugin"), "the plugin")],
        example: """
            hire.enricher({
              id = "twice", summary = "The features, twice.",
              new = function(self, config, host) self.output_channels = 2 * host.channels end,
              forward = function(self, input) return input.base:concat(input.base) end,
            }):register()
            """
    ) { arguments in
        guard let forward = try arguments.function("forward") as? LuaFunction else {
            throw arguments.mismatch("forward", "a Lua function")
        }
        let id = try arguments.string("id")
        guard !id.isEmpty, id.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
        else {
            throw arguments.mismatch("id", "letters, digits and dashes")
        }
        var defaults = JSONObject()
        for (key, value) in try arguments.table("config") {
            defaults[key] = try value.json()
        }
        return [
            .object(
                EnricherDescription(
                    id: id, summary: try arguments.string("summary"),
                    reference: try arguments.string("reference", default: ""), defaults: defaults,
                    new: try arguments.function("new") as? LuaFunction, forward: forward))
        ]
    }
}
