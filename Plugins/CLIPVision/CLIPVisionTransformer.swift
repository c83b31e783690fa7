import HireArray
import HireNN
import HireTensor
import HireVLM

/// The vision tower of CLIP or SigLIP up to the selected hidden state: HF `CLIPVisionModel`, `SiglipVisionModel`.
///
/// Blocks behind the selected state are neither built nor computed, and neither are `post_layernorm` (unless
/// `final_norm` asks for it) and SigLIP's pooling `head`; a loader skips their tensors. Linear weights may stay
/// bfloat16 or float16; everything computes in float32.
final class CLIPVisionTransformer: VisionEncoder {
    let scope = ModuleScope()
    let resolution: Int
    let channels: Int
    let grid: SIMD2<Int>
    var prefixTokens: Int { selection.prefixTokens(of: prefix) }
    private let name: String
    private let selection: FeatureSelection
    private let prefix: Int
    private let embeddings: CLIPEmbeddings
    private let firstNorm: LayerNorm?
    private let layers: ModuleList<VisionBlock>
    private let lastNorm: LayerNorm?

    /// - Throws: `PluginError.unknownKey` for an unknown variant, `PluginError.configuration` for other options.
    init(
        _ family: CLIPFamily, _ configuration: CLIPVisionConfiguration, in context: Context
    ) throws {
        let options = try VisionOptions(
            plugin: family.rawValue, variant: configuration.variant, among: family.variants)
        let numbers = try CLIPVariant(configuration, options)
        let sides = try options.grids(
            imageSize: numbers.imageSize, patch: numbers.patchSize,
            resolution: configuration.resolution)
        selection = try FeatureSelection(
            layer: configuration.selectLayer,
            tokens: options.choice("select_feature", configuration.selectFeature, else: .patch),
            of: numbers.layers, plugin: family.rawValue)
        name = family.rawValue
        resolution = sides.resolution
        channels = numbers.hiddenSize
        grid = SIMD2(repeating: sides.target)
        prefix = family.hasClassToken ? 1 : 0

        let width = numbers.hiddenSize
        func norm() -> LayerNorm { LayerNorm(width, epsilon: numbers.epsilon, in: context) }
        embeddings = scope.child(
            "embeddings",
            CLIPEmbeddings(
                family, numbers, native: sides.native, target: sides.target, in: context))
        firstNorm = family.hasClassToken ? scope.child("pre_layrnorm", norm()) : nil
        let initializers = family.initializers(numbers)
        layers = scope.child(
            "layers",
            ModuleList(
                (0..<selection.blocks).map { _ in
                    VisionBlock(
                        width: width, heads: numbers.heads, hidden: numbers.intermediateSize,
                        activation: numbers.activation.kind, epsilon: numbers.epsilon,
                        initializers: initializers, in: context)
                }))
        lastNorm = configuration.finalNorm ? scope.child("post_layernorm", norm()) : nil
    }

    func forward(_ input: Tensor) throws -> FeatureMap {
        try input.requirePictures(of: resolution, name)
        var hidden = try embeddings(input)
        if let firstNorm { hidden = try firstNorm(hidden) }
        for layer in layers { hidden = try layer(hidden) }
        if let lastNorm { hidden = try lastNorm(hidden) }
        return try selection.features(of: hidden, prefix: prefix, grid: grid)
    }
}

extension CLIPVariant {
    /// The numbers of a configuration over those of its variant, checked.
    fileprivate init(
        _ configuration: CLIPVisionConfiguration, _ options: VisionOptions<CLIPVariant>
    ) throws {
        let limit = VisionLimits.self
        hiddenSize = try options.number(
            "hidden_size", configuration.hiddenSize, upTo: limit.width, \.hiddenSize)
        intermediateSize = try options.number(
            "intermediate_size", configuration.intermediateSize, upTo: limit.width,
            \.intermediateSize)
        layers = try options.number(
            "num_hidden_layers", configuration.layers, upTo: limit.layers, \.layers)
        heads = try options.number(
            "num_attention_heads", configuration.heads, upTo: limit.width, \.heads)
        imageSize = try options.number(
            "image_size", configuration.imageSize, upTo: limit.resolution, \.imageSize)
        patchSize = try options.number(
            "patch_size", configuration.patchSize, upTo: limit.resolution, \.patchSize)
        activation = try options.choice(
            "hidden_act", configuration.activation, else: options.variant?.activation)
        epsilon = try options.number("layer_norm_eps", configuration.epsilon, \.epsilon)
        try options.require(heads: heads, dividing: hiddenSize)
    }
}
