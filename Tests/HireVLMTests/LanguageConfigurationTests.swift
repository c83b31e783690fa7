import Builtin
import HireFiles
import HireNN
import HireReference
import HireTensor
import HireVLM
import Testing

/// Configurations of `llama` and `qwen2`: each mistake is a sentence that names the key.
@Suite struct LanguageConfigurationTests {
    static let small: JSONObject = [
        "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1,
        "num_attention_heads": 4,
    ]

    private func made(
        _ options: JSONObject, id: String = "llama", tokens: Int = 10
    ) throws -> any LanguageModel {
        var choice = PluginChoice(id, Self.small)
        for (key, value) in options.members { choice.configuration[key] = value }
        return try BuiltinPlugins.catalog().makeLanguageModel(
            choice, vocabularySize: tokens, in: Context(backend: ReferenceBackend()))
    }

    struct Mistake: Sendable, CustomStringConvertible {
        let options: JSONObject
        let words: [String]
        var description: String { words.joined(separator: ", ") }
    }

    static let mistakes = [
        Mistake(options: ["hidden_act": "slu"], words: ["hidden_act 'slu'", "'silu'"]),
        Mistake(options: ["variant": "vicuna7b"], words: ["variant 'vicuna7b'", "'vicuna-7b'"]),
        Mistake(options: ["vocab_size": 9], words: ["'vocab_size'", "10", "9"]),
        Mistake(
            options: ["num_attention_heads": 3],
            words: ["'num_attention_heads'", "divide the width 16", "3"]),
        Mistake(
            options: ["num_key_value_heads": 3],
            words: ["'num_key_value_heads'", "divide the heads 4", "3"]),
        Mistake(options: ["head_dim": 3], words: ["'head_dim'", "even", "3"]),
        Mistake(options: ["hidden_size": -8], words: ["'hidden_size'", "-8"]),
        Mistake(
            options: ["hidden_size": 4_611_686_018_427_387_904],
            words: ["'hidden_size'", "between"]
        ),
        Mistake(options: ["num_hidden_layers": 1_000_000], words: ["'num_hidden_layers'", "4096"]),
        Mistake(options: ["rms_norm_eps": -1.0], words: ["'rms_norm_eps'", "-1"]),
        Mistake(options: ["rope_theta": 0.5], words: ["'rope_theta'", "0.5"]),
        Mistake(options: ["initializer_range": -1.0], words: ["'initializer_range'"]),
        Mistake(options: ["hidden_sise": 8], words: ["'hidden_sise'", "'hidden_size'"]),
        Mistake(options: ["hidden_size": "wide"], words: ["'hidden_size'"]),
        Mistake(
            options: ["rope_scaling": ["type": "liner", "factor": 2]],
            words: ["rope_type of rope_scaling 'liner'", "'linear'"]),
        Mistake(
            options: ["rope_parameters": ["rope_type": "yarn", "factor": 4, "beta_fast": 32]],
            words: ["rope_type of rope_parameters 'yarn'"]),
        Mistake(
            options: ["rope_scaling": ["rope_type": "linear", "factr": 2]],
            words: ["'factr'", "'factor'"]),
        Mistake(
            options: ["rope_scaling": ["rope_type": "linear"]],
            words: ["'rope_scaling.factor'", "missing"]),
        Mistake(
            options: ["rope_scaling": ["rope_type": "linear", "factor": "two"]],
            words: ["'rope_scaling.factor'", "number"]),
        Mistake(
            options: ["rope_scaling": ["rope_type": "linear", "factor": 0]],
            words: ["'rope_scaling.factor'", "at least 1"]),
        Mistake(
            options: [
                "rope_scaling": [
                    "rope_type": "llama3", "factor": 8, "low_freq_factor": 4,
                    "high_freq_factor": 4,
                ]
            ], words: ["'rope_scaling.high_freq_factor'"]),
        Mistake(
            options: ["rope_theta": 10.0, "rope_parameters": ["rope_theta": 20.0]],
            words: ["'rope_parameters.rope_theta'", "20", "10"]),
        Mistake(
            options: ["rope_parameters": ["partial_rotary_factor": 0.5]],
            words: ["partial_rotary_factor", "0.5"]),
        Mistake(
            options: [
                "rope_scaling": ["type": "linear", "factor": 2],
                "rope_parameters": ["rope_type": "default"],
            ], words: ["'rope_scaling'", "rope_parameters"]),
        Mistake(
            options: ["use_sliding_window": true, "sliding_window": 64],
            words: ["'sliding_window'", "2048", "64"]),
        Mistake(
            options: [
                "use_sliding_window": true, "sliding_window": 64,
                "layer_types": ["sliding_attention"],
            ], words: ["'sliding_window'"]),
        Mistake(
            options: ["layer_types": ["chunked_attention"]],
            words: ["'chunked_attention'", "full_attention"]),
    ]

    @Test(arguments: mistakes) func mistakesAreNamed(_ mistake: Mistake) {
        let text = refusal { _ = try made(mistake.options) }
        for word in mistake.words { #expect(text.contains(word), "'\(word)' in: \(text)") }
        #expect(text.contains("'llama'"), "\(text)")
    }

    @Test func smallLlamaKeepsItsKeys() throws {
        let catalog = try BuiltinPlugins.catalog()
        let defaults = try catalog.entry(.languageModel, "small-llama").defaults
        #expect(
            defaults == [
                "embedding_std": 0.02, "epsilon": 1e-5, "heads": 4, "hidden": 128, "kv_heads": 4,
                "layers": 2, "max_positions": 1024, "theta": 10_000, "width": 64,
            ])
        for (options, key): (JSONObject, String) in [
            (["heads": 5], "'heads'"), (["kv_heads": 3], "'kv_heads'"), (["width": 0], "'width'"),
            (["heads": 0], "'heads'"), (["max_positions": 0], "'max_positions'"),
        ] {
            let text = refusal {
                _ = try catalog.makeLanguageModel(
                    PluginChoice("small-llama", options), vocabularySize: 5,
                    in: Context(backend: ReferenceBackend()))
            }
            #expect(text.contains("'small-llama'") && text.contains(key), "\(key): \(text)")
        }
    }

    @Test func nullsAndSilentWindowsAreFine() throws {
        let model = try made(
            [
                "head_dim": nil, "rope_scaling": nil, "num_key_value_heads": nil,
                "sliding_window": nil, "vocab_size": 64, "rope_theta": 1e4,
                "rope_parameters": ["rope_type": "default", "rope_theta": 1e4, "factor": nil],
                "use_sliding_window": false, "max_window_layers": 0,
                "layer_types": ["full_attention"],
            ])
        #expect(model.vocabularySize == 64)
        _ = try made(["use_sliding_window": true, "sliding_window": 2048])
        _ = try made([
            "use_sliding_window": true, "sliding_window": 8, "max_window_layers": 1,
        ])
        _ = try made(["rope_scaling": ["type": "dynamic", "factor": 2]])
    }

    @Test func biasesAndTiesShowInThePaths() throws {
        func paths(_ id: String, _ options: JSONObject) throws -> Set<String> {
            Set(try made(options, id: id).parameters().map(\.path))
        }
        let attention = "model.layers.0.self_attn."
        let plain = try paths("llama", [:])
        #expect(!plain.contains { $0.hasSuffix("bias") } && plain.contains("lm_head.weight"))
        let biased = try paths("llama", ["attention_bias": true, "mlp_bias": true])
        #expect(biased.contains(attention + "o_proj.bias"))
        #expect(biased.contains("model.layers.0.mlp.gate_proj.bias"))
        let qwen = try paths("qwen2", ["tie_word_embeddings": true])
        #expect(qwen.contains(attention + "v_proj.bias"))
        #expect(!qwen.contains(attention + "o_proj.bias") && !qwen.contains("lm_head.weight"))
    }

    @Test func longSequencesAndWrongWidthsAreRefused() throws {
        let model = try made(["max_position_embeddings": 4])
        let context = try #require(model.scope.context)
        let long = refusal {
            _ = try model(LanguageModelInput(embeddings: context.zeros([1, 5, 16])))
        }
        #expect(
            long.contains("5 positions") && long.contains("max_position_embeddings"), "\(long)")
        let wide = refusal {
            _ = try model(LanguageModelInput(embeddings: context.zeros([1, 2, 8])))
        }
        #expect(wide.contains("[N, T, 16]"), "\(wide)")
        let far = refusal {
            _ = try model(
                LanguageModelInput(embeddings: context.zeros([1, 2, 16]), logitPositions: 1..<3))
        }
        #expect(far.contains("logit position"), "\(far)")
    }

    @Test func theFirstQwensConfiguration() throws {
        let config: JSONObject = [
            "intermediate_size": 22_016, "hidden_size": 4096, "seq_length": 8192,
            "max_position_embeddings": 32_768, "layer_norm_epsilon": 1e-6,
            "rotary_emb_base": 10_000, "vocab_size": 151_936, "num_hidden_layers": 32,
            "num_attention_heads": 32, "kv_channels": 128, "use_dynamic_ntk": true,
        ]
        let choice = try FirstQwenConfiguration.languageModel(config, source: "config.json")
        #expect(choice.id == "qwen2")
        #expect(choice.configuration["intermediate_size"] == 11_008)
        #expect(choice.configuration["max_position_embeddings"] == 8192)
        var odd = config
        odd["intermediate_size"] = 3
        #expect(
            refusal { _ = try FirstQwenConfiguration.languageModel(odd, source: "config.json") }
                .contains("intermediate_size"))
        odd["intermediate_size"] = nil
        #expect(
            refusal { _ = try FirstQwenConfiguration.languageModel(odd, source: "config.json") }
                .contains("missing"))
    }
}
