import Foundation
import HireArray
import HireFiles
import HireNN
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Tiny encoders filled by a formula, against numbers of transformers 4.37.2 and PyTorch 2.1.2.
///
/// Parameters in the ASCII order of their Hugging Face names have the index c; element k is 0.3 sin(k + 1 + c), plus 1
/// for the scales of norms and layers. The picture is sin(0.05 k).
@Suite struct VisionFormulaTests {
    private let common: JSONObject = [
        "variant": "", "hidden_size": 8, "num_attention_heads": 2, "image_size": 28,
        "patch_size": 14, "select_layer": -1, "select_feature": "cls_patch", "final_norm": true,
    ]

    private func filled(
        _ id: String, _ options: JSONObject, skipped: [String], in context: Context
    ) throws -> any VisionEncoder {
        let golden = VisionGolden("", id, [], common + options)
        let encoder = try golden.encoder(in: context)
        let prefix = id == "dinov2" ? "" : "vision_model."
        let own = encoder.parameters().map {
            (name: prefix + HuggingFaceName.of($0.path, id), parameter: $0.parameter)
        }
        let names = (own.map(\.name) + skipped.map { prefix + $0 }).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        for (name, parameter) in own {
            let index = try #require(names.firstIndex(of: name))
            let isScale =
                (parameter.shape.count == 1 && name.hasSuffix("weight"))
                || name.hasSuffix("lambda1")
            let values = (0..<parameter.count).map {
                Float((isScale ? 1 : 0) + 0.3 * sin(Double($0 + 1 + index)))
            }
            try parameter.assign(context.backend.array(values, parameter.shape))
        }
        return encoder
    }

    private func picture(_ side: Int, _ context: Context) throws -> Tensor {
        try context.tensor(
            (0..<(3 * side * side)).map { Float(sin(0.05 * Double($0))) }, [1, 3, side, side])
    }

    private func captured(
        _ points: [String], _ encoder: any VisionEncoder, _ input: Tensor
    ) throws -> [String: Tensor] {
        var found: [String: Tensor] = [:]
        let handle = try encoder.capture(points) { found[$0] = $1 }
        defer { handle.cancel() }
        found["last"] = try encoder(input).sequence()
        return found
    }

    @Test(arguments: TestBackend.allCases) func clip(_ backend: TestBackend) throws {
        let context = backend.context()
        let encoder = try filled(
            "clip",
            [
                "intermediate_size": 16, "num_hidden_layers": 3, "hidden_act": "quick_gelu",
                "layer_norm_eps": 1e-5,
            ], skipped: [], in: context)
        let states = try captured(
            ["pre_layrnorm", "layers.1", "layers.2"], encoder, picture(28, context))
        try expectGolden(
            #require(states["pre_layrnorm.output"]).array, sum: -3.839369, squares: 45.123332,
            first: [0.610191, -0.297611, -1.618394, -1.92547, -0.421515, 0.869744],
            last: [1.380031, -1.098883, 0.245219])
        try expectGolden(
            #require(states["layers.1.output"]).array, sum: -7.953246, squares: 88.17286,
            first: [-0.461901, 0.530046, -1.547108, -1.940308, -1.327708, 1.669445],
            last: [2.254848, -0.949197, -0.481161])
        try expectGolden(
            #require(states["layers.2.output"]).array, sum: -11.110056, squares: 125.511234,
            first: [-0.925878, 0.469102, -1.375742, -2.318926, -1.257416, 2.038688],
            last: [2.853438, -0.738147, -1.117859])
    }

    @Test(arguments: TestBackend.allCases) func siglip(_ backend: TestBackend) throws {
        let context = backend.context()
        let encoder = try filled(
            "siglip",
            [
                "intermediate_size": 16, "num_hidden_layers": 2,
                "hidden_act": "gelu_pytorch_tanh", "layer_norm_eps": 1e-6,
            ],
            skipped: [
                "head.probe", "head.attention.in_proj_weight", "head.attention.in_proj_bias",
                "head.attention.out_proj.weight", "head.attention.out_proj.bias",
                "head.layernorm.weight", "head.layernorm.bias", "head.mlp.fc1.weight",
                "head.mlp.fc1.bias", "head.mlp.fc2.weight", "head.mlp.fc2.bias",
            ], in: context)
        let states = try captured(["layers.0"], encoder, picture(28, context))
        try expectGolden(
            #require(states["layers.0.output"]).array, sum: 3.568903, squares: 345.098075,
            first: [-1.516654, 3.680763, -4.902863, 3.979639, -3.708219, 2.033545],
            last: [5.507705, -3.655862, 3.002097])
        try expectGolden(
            #require(states["last"]).array, sum: -0.904735, squares: 40.038987,
            first: [-0.343104, 0.688413, -1.46692, 1.456296, -1.190749, 1.041612],
            last: [1.920697, -0.897201, 0.32517])
    }

    @Test(arguments: TestBackend.allCases) func dinov2(_ backend: TestBackend) throws {
        let context = backend.context()
        let options: JSONObject = [
            "num_hidden_layers": 2, "mlp_ratio": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-6,
            "layerscale_value": 1,
        ]
        let skipped = ["embeddings.mask_token"]
        let native = try filled("dinov2", options, skipped: skipped, in: context)
        try expectGolden(
            native(picture(28, context)).sequence().array, sum: 0.458738, squares: 40.702745,
            first: [-1.757915, 0.602894, 1.534166, 1.572848, 0.091257, -0.082302],
            last: [-0.014837, 0.365001, -1.443595])
        let larger = try filled(
            "dinov2", options + ["resolution": 42, "position_interpolation": "scale"],
            skipped: skipped, in: context)
        try expectGolden(
            larger(picture(42, context)).sequence().array, sum: 4.902984, squares: 92.883521,
            first: [-1.744453, 0.488303, 1.604419, 1.630101, 0.097366, -0.186659],
            last: [0.537127, -0.70415, -0.826421])
    }
}
