import HireFiles

/// Reads Hugging Face's `vision_config` as the choice of an encoder.
struct VisionConfiguration {
    /// What a value is in the classes' own configurations where a file leaves it out.
    private static let defaults: [String: JSONObject] = [
        "clip_vision_model": [
            "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
            "num_attention_heads": 12, "image_size": 224, "patch_size": 32,
            "hidden_act": "quick_gelu", "layer_norm_eps": 1e-5,
        ],
        "siglip_vision_model": [
            "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
            "num_attention_heads": 12, "image_size": 224, "patch_size": 16,
            "hidden_act": "gelu_pytorch_tanh", "layer_norm_eps": 1e-6,
        ],
        "dinov2": [
            "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
            "image_size": 224, "patch_size": 14, "mlp_ratio": 4, "hidden_act": "gelu",
            "layer_norm_eps": 1e-6, "qkv_bias": true, "layerscale_value": 1.0,
            "use_swiglu_ffn": false,
        ],
        "dinov2_with_registers": [
            "hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12,
            "image_size": 224, "patch_size": 16, "mlp_ratio": 4, "hidden_act": "gelu",
            "layer_norm_eps": 1e-6, "qkv_bias": true, "layerscale_value": 1.0,
            "use_swiglu_ffn": false, "num_register_tokens": 4,
        ],
    ]

    /// The plugin that reads a `model_type`.
    private static let plugins = [
        "clip_vision_model": "clip", "siglip_vision_model": "siglip", "dinov2": "dinov2",
        "dinov2_with_registers": "dinov2",
    ]

    /// The encoder; its `select_layer` and `select_feature` are the caller's to add.
    let choice: PluginChoice
    /// Side of the pictures it was trained on, in pixels.
    let imageSize: Int
    /// The folder that the configuration stands in, if it is the tower's own.
    let folder: String?

    /// - Parameter source: the file that the configuration stands in, for errors.
    init(_ json: JSONObject, source: String, folder: String? = nil) throws {
        var json = json
        // A whole CLIP or SigLIP holds the vision half's numbers in a field of its own.
        if let inner = json["vision_config"]?.objectValue {
            let half: JSONValue =
                json["model_type"] == "siglip" ? "siglip_vision_model" : "clip_vision_model"
            json = inner.with("model_type", inner["model_type"] ?? half)
        }
        self.folder = folder
        let type = try json.requireString("model_type", source: source)
        guard let plugin = Self.plugins[type], let defaults = Self.defaults[type] else {
            throw FileError.badData(
                source, "the vision tower is of a kind that this toolkit does not read",
                expected: Self.plugins.keys.sorted().joined(separator: ", "), got: "'\(type)'")
        }
        var values = JSONObject()
        for (key, standard) in defaults.members {
            let value = json[key] ?? standard
            values[key] = value == .null ? standard : value
        }
        guard let size = values["image_size"]?.intValue else {
            throw FileError.badData(
                source, "the vision tower's image_size does not fit", expected: "a whole number",
                got: values["image_size"]?.kindName)
        }
        imageSize = size
        // Everything is given, so that no variant's numbers are wanted.
        values["variant"] = ""
        choice = PluginChoice(plugin, values)
    }

    /// A tower by the name under which it was published, for folders that name it and nothing more; nil for others.
    init?(published name: String) {
        guard let known = Self.published[FilePath.name(of: name).lowercased()] else { return nil }
        choice = PluginChoice(known.plugin, ["variant": .string(known.variant)])
        imageSize = known.imageSize
        folder = nil
    }

    private static let published: [String: (plugin: String, variant: String, imageSize: Int)] = [
        "clip-vit-large-patch14-336": ("clip", "ViT-L-14-336", 336),
        "clip-vit-large-patch14": ("clip", "ViT-L-14", 224),
        "clip-vit-h-14-laion2b-s32b-b79k": ("clip", "ViT-H-14", 224),
        "clip-vit-g-14-laion2b-s12b-b42k": ("clip", "ViT-g-14", 224),
        "clip-vit-bigg-14-laion2b-39b-b160k": ("clip", "ViT-bigG-14", 224),
        "siglip-so400m-patch14-384": ("siglip", "so400m-14-384", 384),
        "siglip-large-patch16-384": ("siglip", "L-16-384", 384),
        "dinov2-small": ("dinov2", "S-14", 518), "dinov2-base": ("dinov2", "B-14", 518),
        "dinov2-large": ("dinov2", "L-14", 518), "dinov2-giant": ("dinov2", "g-14", 518),
    ]
}
