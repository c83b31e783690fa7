import HireVLM

/// Options of `clip`: the keys of Hugging Face's `CLIPVisionConfig` and what LLaVA selects.
struct CLIPVisionConfiguration: PluginConfiguration {
    /// Supplies what is left at 0 or "": see `CLIPVariant.clip`; "" means that everything is given.
    var variant = "ViT-L-14-336"
    /// Width of the tokens.
    var hiddenSize = 0
    /// Width of the blocks' perceptrons.
    var intermediateSize = 0
    /// Transformer blocks of the whole model.
    var layers = 0
    /// Attention heads.
    var heads = 0
    /// Side of the pictures the position table is for, in pixels.
    var imageSize = 0
    /// Side of a patch, in pixels.
    var patchSize = 0
    /// `quick_gelu`, `gelu` or `gelu_pytorch_tanh`.
    var activation = ""
    /// Added to the variance by the norms.
    var epsilon = 0.0
    /// Side of the pictures to encode; 0 means `image_size`, others interpolate the position table.
    var resolution = 0
    /// Index into the hidden states; negative counts from the last.
    ///
    /// Blocks behind it are neither built nor computed.
    var selectLayer = -2
    /// `patch`: the grid's tokens; `cls_patch`: the class token too, as prefix (SigLIP has none).
    var selectFeature = "patch"
    /// Whether `post_layernorm` is applied to the selected tokens.
    var finalNorm = false

    enum CodingKeys: String, CodingKey {
        case variant
        case hiddenSize = "hidden_size"
        case intermediateSize = "intermediate_size"
        case layers = "num_hidden_layers"
        case heads = "num_attention_heads"
        case imageSize = "image_size"
        case patchSize = "patch_size"
        case activation = "hidden_act"
        case epsilon = "layer_norm_eps"
        case resolution
        case selectLayer = "select_layer"
        case selectFeature = "select_feature"
        case finalNorm = "final_norm"
    }

    init() {}
}
