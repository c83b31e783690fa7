import HireFiles
import HireTensor
import HireVLM

/// The models of the paper's Table 1 and Figure 3 as recipes, with what the paper prints.
public enum PaperCosts {
    /// Text tokens around the picture in the paper's measurement: Vicuna's prompt with nothing asked (35 before the
    /// picture, 7 behind it).
    public static let textTokens = 42
    /// The most text tokens that a measurement takes.
    public static let mostTextTokens = 1 << 20

    /// One row.
    public struct Row: Sendable {
        /// The model's name in the paper.
        public var model: String
        /// Figure 3's letter for the vision tower: L, H, g or bigG.
        public var encoder: String
        /// What is between encoder and projector: "LLaVA" for nothing, "S2", "HIRE".
        public var method: String
        /// Side of the picture that the encoder sees, in pixels.
        public var encoderResolution: Int
        /// Side of the largest picture that anything sees, in pixels.
        public var resolution: Int
        /// The paper's figure, in 10^12 multiply-adds; nil where it prints none.
        public var paper: Double?
        /// The pipeline.
        public var recipe: Recipe

        /// A figure as the paper prints it: 10^12 multiply-adds, rounded to three decimals.
        public static func printed(_ multiplyAdds: Int) -> Double {
            Double((multiplyAdds + 500_000_000) / 1_000_000_000) / 1000
        }
    }

    /// Table 1: LLaVA-1.5 with ViT-L/14 at 336 pixels and Vicuna-7B.
    public static let table1: [Row] = [
        row("LLaVA", 336, paper: 4.278), row("S2", 672, paper: 5.013),
        row("HIRE", 672, paper: 4.296), row("S2", 1008, paper: 6.664),
        row("HIRE", 1008, paper: 4.317),
    ]

    /// Figure 3: four vision towers at two resolutions; the paper draws bars and prints no numbers.
    public static let figure3: [Row] = ["L", "H", "g", "bigG"].flatMap { encoder in
        [224, 336].flatMap { side in
            [
                row("LLaVA", side, encoder, side), row("S2", 2 * side, encoder, side),
                row("S2", 3 * side, encoder, side), row("HIRE", 672, encoder, side),
            ]
        }
    }

    private static func row(
        _ method: String, _ resolution: Int, _ encoder: String = "L",
        _ encoderResolution: Int = 336,
        paper: Double? = nil
    ) -> Row {
        var recipe = Recipe()
        recipe.encoder = PluginChoice(
            "clip",
            [
                "variant": .string("ViT-\(encoder)-14"),
                "image_size": .integer(Int64(encoderResolution)),
            ])
        recipe.languageModel = PluginChoice("llama", ["variant": "vicuna-7b"])
        recipe.preprocessing.highResolution = resolution
        switch method {
        case "S2":
            let steps = resolution / encoderResolution
            recipe.enricher = PluginChoice(
                "s2",
                [
                    "scales": .array((1...steps).map { .integer(Int64($0 * encoderResolution)) })
                ])
        case "HIRE": recipe.enricher = PluginChoice("hire")
        default: break
        }
        return Row(
            model: "LLaVA1.5-7B" + (method == "LLaVA" ? "" : "-\(method)"), encoder: encoder,
            method: method, encoderResolution: encoderResolution, resolution: resolution,
            paper: paper, recipe: recipe)
    }
}
