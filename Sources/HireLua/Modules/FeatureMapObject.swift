import HireTensor
import HireVLM

/// A feature map in a script's hands.
final class FeatureMapObject: ScriptObject {
    let map: FeatureMap

    init(_ map: FeatureMap) { self.map = map }

    var scriptDescription: String {
        "feature map of \(map.batch) × \(map.channels) channels on \(map.grid.x)x\(map.grid.y)"
    }

    private static let grid = [
        ScriptParameter("height", .integer, "Rows."),
        ScriptParameter.optional("width", .integer, "Columns.", default: "the rows"),
    ]
    private static let result = [ScriptResult(.object("hire.FeatureMap"), "the new map")]

    static let scriptClass = ScriptClass(
        name: "hire.FeatureMap",
        summary: "Features on a grid, as encoders make and enrichers change them.",
        methods: [
            ScriptFunction(
                "concat", "Both maps' channels side by side, this one's first.",
                parameters: [
                    ScriptParameter("other", .object("hire.FeatureMap"), "On the same grid.")
                ],
                returns: result
            ) { arguments in
                let other = try arguments.object("other", FeatureMapObject.self)
                return [wrap(try receiver(arguments).concatenated(with: other.map))]
            },
            ScriptFunction(
                "pooled", "Averaged onto another grid.", parameters: grid, returns: result
            ) { [wrap(try receiver($0).pooled(to: try size($0)))] },
            ScriptFunction(
                "resized", "Resized bicubically to another grid.", parameters: grid, returns: result
            ) { [wrap(try receiver($0).resized(to: try size($0)))] },
            ScriptFunction(
                "map", "The numbers as a map.", returns: [ScriptResult(.tensor, "[N, C, H, W]")]
            ) {
                [.tensor(try receiver($0).map())]
            },
            ScriptFunction(
                "tokens", "The numbers as tokens.", returns: [ScriptResult(.tensor, "[N, H*W, C]")]
            ) { [.tensor(try receiver($0).tokens())] },
            ScriptFunction(
                "append", "The same map with more tokens behind the grid's.",
                parameters: [ScriptParameter("tokens", .tensor, "[N, S, C].")], returns: result
            ) { [wrap(try receiver($0).appending($0.tensor("tokens")))] },
            ScriptFunction(
                "sequence",
                "All tokens that a projector reads: the prefix's, the grid's, those behind.",
                returns: [ScriptResult(.tensor, "[N, token_count, C]")]
            ) { [.tensor(try receiver($0).sequence())] },
        ],
        properties: [
            ScriptProperty("channels", .integer, "Features per position.") {
                .integer(of($0).channels)
            },
            ScriptProperty("height", .integer, "Rows.") { .integer(of($0).grid.x) },
            ScriptProperty("width", .integer, "Columns.") { .integer(of($0).grid.y) },
            ScriptProperty("batch", .integer, "Images.") { .integer(of($0).batch) },
            ScriptProperty("token_count", .integer, "Tokens that a projector reads.") {
                .integer(of($0).tokenCount)
            },
        ])

    private static func receiver(_ arguments: ScriptArguments) -> FeatureMap {
        arguments.receiver(FeatureMapObject.self).map
    }

    private static func size(_ arguments: ScriptArguments) throws -> SIMD2<Int> {
        let height = try arguments.integer("height")
        return SIMD2(height, try arguments.integer("width", default: height))
    }

    private static func wrap(_ map: FeatureMap) -> ScriptValue { .object(FeatureMapObject(map)) }

    private static func of(_ object: any ScriptObject) -> FeatureMap {
        guard let object = object as? FeatureMapObject else {
            preconditionFailure("A property of hire.FeatureMap was read from another object.")
        }
        return object.map
    }
}
