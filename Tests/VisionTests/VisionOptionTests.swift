import Builtin
import HireArray
import HireFiles
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Options that do not fit are refused in a sentence that names the option and what would fit.
@Suite struct VisionOptionTests {
    private func refusal(_ id: String, _ options: JSONObject) -> String {
        message {
            _ = try BuiltinPlugins.catalog().makeEncoder(
                PluginChoice(id, options), in: Context(backend: ReferenceBackend()))
        }
    }

    private func expect(
        _ id: String, _ options: JSONObject, _ parts: [String], line: Int = #line
    ) {
        let text = refusal(id, options)
        for part in parts {
            if !text.contains(part) {
                Issue.record(
                    "'\(part)' is missing in: \(text)",
                    sourceLocation: SourceLocation(
                        fileID: #fileID, filePath: #filePath, line: line, column: 1))
            }
        }
    }

    @Test func variantsAndKeysNameTheNearest() {
        expect("clip", ["variant": "ViT-L-14-335"], ["'clip'", "'ViT-L-14-335'", "'ViT-L-14-336'"])
        expect("siglip", ["variant": "so400m"], ["'siglip'", "'so400m-14-384'"])
        expect("dinov2", ["variant": "G-14-regs"], ["'dinov2'", "'g-14-reg'"])
        expect(
            "clip", ["num_attention_head": 2], ["'num_attention_head'", "'num_attention_heads'"])
        expect("siglip", ["selectlayer": 2], ["'selectlayer'", "'select_layer'"])
        expect("dinov2", ["num_registers": 2], ["'num_registers'", "'num_register_tokens'"])
    }

    @Test func numbersAreChecked() {
        expect(
            "clip", ["num_attention_heads": 15], ["num_attention_heads", "divide", "1024", "15"])
        expect("dinov2", ["num_attention_heads": 7], ["num_attention_heads", "1024", "7"])
        expect("clip", ["resolution": 340], ["resolution", "336 or 350", "340"])
        expect("dinov2", ["resolution": 5], ["resolution", "such as 14", "5"])
        expect("clip", ["resolution": -14], ["resolution", "-14"])
        expect("clip", ["patch_size": 400], ["patch_size", "336", "400"])
        expect("clip", ["select_layer": 25], ["select_layer", "-25 to 24", "25"])
        expect("clip", ["select_layer": -26], ["select_layer", "-25 to 24", "-26"])
        expect("clip", ["hidden_size": -4], ["hidden_size", "-4"])
        expect("clip", ["hidden_size": 4_000_000_000_000], ["hidden_size", "65536"])
        expect("clip", ["num_hidden_layers": 1_000_000], ["num_hidden_layers", "1024"])
        expect("clip", ["layer_norm_eps": -1], ["layer_norm_eps", "above 0"])
        expect("dinov2", ["mlp_ratio": 1e5], ["mlp_ratio", "65536"])
        expect("dinov2", ["num_register_tokens": -1], ["num_register_tokens", "-1"])
        expect("clip", ["hidden_size": "wide"], ["hidden_size", "Int"])
        expect("clip", ["variant": ""], ["hidden_size", "no variant"])
        expect("dinov2", ["variant": "", "hidden_size": 8], ["num_hidden_layers", "no variant"])
    }

    @Test func namesAreChecked() {
        expect("clip", ["hidden_act": "qick_gelu"], ["hidden_act", "'qick_gelu'", "'quick_gelu'"])
        expect("clip", ["select_feature": "cls"], ["select_feature", "'cls'", "'cls_patch'"])
        expect(
            "dinov2", ["position_interpolation": "scaled"],
            ["position_interpolation", "'scaled'", "'scale'"])
    }

    @Test(arguments: VisionGolden.all) func picturesOfAnotherSizeAreRefused(
        _ golden: VisionGolden
    ) throws {
        let context = TestBackend.reference.context()
        let encoder = try golden.encoder(in: context)
        for shape in [[1, 3, 30, 20], [1, 4, 20, 20], [3, 20, 20]] {
            let text = message { _ = try encoder(context.zeros(shape)) }
            #expect(
                text.contains(golden.id) && text.contains("[N, 3, 20, 20]")
                    && text.contains("\(shape)"), "\(text)")
        }
    }

    @Test func strictLoadingNamesWhatIsMissing() throws {
        let context = TestBackend.reference.context()
        let golden = VisionGolden.all[0]
        var state = try golden.arrays(in: context).below("state")
        state["pre_layrnorm.bias"] = nil
        let encoder = try golden.encoder(
            ["select_layer": -1, "final_norm": true], in: context)
        let text = message {
            try encoder.load(state, strict: true) { HuggingFaceName.of($0, golden.id) }
        }
        #expect(text.contains("missing     pre_layrnorm.bias"), "\(text)")
    }
}
