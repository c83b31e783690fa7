/// From the names of checkpoints to the paths of a pipeline.
///
/// Each function gives nil for tensors that no pipeline needs: tables that are computed, and CLIP's text half.
enum CheckpointNames {
    /// A name below a vision tower, in any of the spellings that Hugging Face's classes had, below `encoder`.
    static func encoder(_ name: String) -> String? {
        var rest = name[...]
        if rest.hasPrefix("vision_model.") { rest.removeFirst("vision_model.".count) }
        if rest.hasPrefix("dinov2.") { rest.removeFirst("dinov2.".count) }
        for unneeded in [
            "text_model.", "visual_projection.", "text_projection.", "logit_", "classifier.",
        ]
        where rest.hasPrefix(unneeded) {
            return nil
        }
        if rest == "embeddings.position_ids" { return nil }
        for blocks in ["encoder.layers.", "encoder.layer."] where rest.hasPrefix(blocks) {
            return "encoder.layers." + rest.dropFirst(blocks.count)
        }
        return "encoder." + rest
    }

    /// A name below a causal language model (`LlamaForCausalLM`), below `language_model`.
    static func languageModel(_ name: String) -> String? {
        name.hasSuffix(".rotary_emb.inv_freq") ? nil : "language_model." + name
    }

    /// A name of `LlavaForConditionalGeneration`, old and new.
    static func huggingFace(_ name: String) -> String? {
        var rest = name[...]
        // Newer classes hold everything but the head in `model`.
        let isNested = rest.hasPrefix("model.")
        if isNested { rest.removeFirst("model.".count) }
        if let inner = rest.remainder(after: "vision_tower.") { return encoder(inner) }
        if let inner = rest.remainder(after: "multi_modal_projector.") {
            if let field = inner[...].remainder(after: "linear_1.") {
                return "projector.0." + field
            }
            if let field = inner[...].remainder(after: "linear_2.") {
                return "projector.2." + field
            }
            return "projector." + inner
        }
        if let inner = rest.remainder(after: "language_model.") {
            return languageModel(isNested ? "model." + inner : inner)
        }
        return languageModel(name)
    }

    /// A name of the LLaVA authors' `LlavaLlamaForCausalLM`, also of its projector files.
    static func original(_ name: String) -> String? {
        var rest = name[...]
        if let inner = rest.remainder(after: "model.") { rest = inner[...] }
        if let inner = rest.remainder(after: "vision_tower.") {
            return encoder(inner[...].remainder(after: "vision_tower.") ?? inner)
        }
        if let inner = rest.remainder(after: "mm_projector.") {
            // `linear` has one layer and no number.
            return inner.contains(".") ? "projector." + inner : "projector.0." + inner
        }
        if rest == "image_newline" { return nil }
        return languageModel(name)
    }

    /// A name in `non_lora_trainables` and adapter files, without what PEFT put in front.
    static func withoutAdapterPrefix(_ name: String) -> String {
        var rest = name[...]
        if let inner = rest.remainder(after: "base_model.model.") { rest = inner[...] }
        if let inner = rest.remainder(after: "base_model.") { rest = inner[...] }
        if rest.hasPrefix("model.model.") { rest.removeFirst("model.".count) }
        return String(rest)
    }
}

extension Substring {
    /// What follows a prefix; nil if this does not begin with it.
    fileprivate func remainder(after prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}
