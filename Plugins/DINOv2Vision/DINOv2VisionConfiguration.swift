import HireVLM

/// Options of `dinov2`: the keys of Hugging Face's `Dinov2Config` and `Dinov2WithRegistersConfig`, and LLaVA's.
struct DINOv2VisionConfiguration: PluginConfiguration {
    /// Supplies what is left at 0, false or "": see `DINOv2Variant.all`; "" means that everything is given.
    var variant = "L-14"
    /// Width of the tokens.
    var hiddenSize = 0
    /// Transformer blocks of the whole model.
    var layers = 0
    /// Attention heads.
    var heads = 0
    /// Side of the pictures the position table is for, in pixels.
    var imageSize = 0
    /// Side of a patch, in pixels.
    var patchSize = 0
    /// Width of the perceptrons over that of the tokens; SwiGLU takes two thirds of it, rounded up to a multiple of 8.
    var ratio = 0.0
    /// SwiGLU instead of a perceptron with one activation.
    var usesSwiGLU = false
    /// `quick_gelu`, `gelu` or `gelu_pytorch_tanh`; not read by SwiGLU.
    var activation = ""
    /// Added to the variance by the norms.
    var epsilon = 0.0
    /// Initial value of the layer scales.
    var layerScale = 0.0
    /// Register tokens behind the class token.
    var registers = 0
    /// Whether query, key and value have biases.
    var hasQueryKeyValueBias = true
    /// Side of the pictures to encode; 0 means `image_size`, others interpolate the position table.
    var resolution = 0
    /// `size`, `scale`, `size_antialias` or `scale_antialias`; "" as transformers 5 has it for the class: `size`, with
    /// registers `size_antialias`.
    var interpolation = ""
    /// Index into the hidden states; negative counts from the last.
    ///
    /// Blocks behind it are neither built nor computed.
    var selectLayer = -2
    /// `patch`: the grid's tokens; `cls_patch`: class token and registers too, as prefix.
    var selectFeature = "patch"
    /// Whether `layernorm` is applied to the selected tokens.
    var finalNorm = false

    enum CodingKeys: String, CodingKey {
        case variant
        case hiddenSize = "hidden_size"
        case layers = "num_hidden_layers"
        case heads = "num_attention_heads"
        case imageSize = "image_size"
        case patchSize = "patch_size"
        case ratio = "mlp_ratio"
        case usesSwiGLU = "use_swiglu_ffn"
        case activation = "hidden_act"
        case epsilon = "layer_norm_eps"
        case layerScale = "layerscale_value"
        case registers = "num_register_tokens"
        case hasQueryKeyValueBias = "qkv_bias"
        case resolution
        case interpolation = "position_interpolation"
        case selectLayer = "select_layer"
        case selectFeature = "select_feature"
        case finalNorm = "final_norm"
    }

    init() {}
}
