import HireNN
import HireTensor
import HireVLM

/// DINOv2 up to the selected hidden state: HF `Dinov2Model`, `Dinov2WithRegistersModel`.
///
/// Blocks behind the selected state are neither built nor computed, and neither are `layernorm` (unless `final_norm`
/// asks for it) and `embeddings.mask_token`; a loader skips their tensors. Linear weights may stay bfloat16 or float16;
/// everything computes in float32.
final class DINOv2VisionTransformer: VisionEncoder {
    static let id = "dinov2"

    let scope = ModuleScope()
    let resolution: Int
    let channels: Int
    let grid: SIMD2<Int>
    var prefixTokens: Int { selection.prefixTokens(of: prefix) }
    private let selection: FeatureSelection
    private let prefix: Int
    private let embeddings: DINOv2Embeddings
    private let layers: ModuleList<DINOv2Block>
    private let lastNorm: LayerNorm?

    /// - Throws: `PluginError.unknownKey` for an unknown variant, `PluginError.configuration` for other options.
    init(_ configuration: DINOv2VisionConfiguration, in context: Context) throws {
        let options = try VisionOptions(
            plugin: Self.id, variant: configuration.variant, among: DINOv2Variant.all)
        let numbers = try DINOv2Variant(configuration, options)
        let sides = try options.grids(
            imageSize: numbers.imageSize, patch: numbers.patchSize,
            resolution: configuration.resolution)
        let interpolation: GridPositions.Interpolation = try options.choice(
            "position_interpolation", configuration.interpolation,
            else: numbers.registers > 0 ? .sizeAntialias : .size)
        selection = try FeatureSelection(
            layer: configuration.selectLayer,
            tokens: options.choice("select_feature", configuration.selectFeature, else: .patch),
            of: numbers.layers, plugin: Self.id)
        resolution = sides.resolution
        channels = numbers.hiddenSize
        grid = SIMD2(repeating: sides.target)
        prefix = 1 + numbers.registers
        embeddings = scope.child(
            "embeddings",
            DINOv2Embeddings(
                numbers, native: sides.native, target: sides.target, interpolation: interpolation,
                in: context))
        layers = scope.child(
            "layers",
            ModuleList((0..<selection.blocks).map { _ in DINOv2Block(numbers, in: context) }))
        lastNorm =
            configuration.finalNorm
            ? scope.child(
                "layernorm",
                LayerNorm(numbers.hiddenSize, epsilon: numbers.epsilon, in: context)) : nil
    }

    func forward(_ input: Tensor) throws -> FeatureMap {
        try input.requirePictures(of: resolution, Self.id)
        var hidden = try embeddings(input)
        for layer in layers { hidden = try layer(hidden) }
        if let lastNorm { hidden = try lastNorm(hidden) }
        return try selection.features(of: hidden, prefix: prefix, grid: grid)
    }
}
