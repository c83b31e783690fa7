import HireArray
import HireFiles
import HireNN
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Vision encoders against transformers' classes, every hidden state; the error is max |a - b| / max |b| per tensor.
@Suite struct VisionParityTests {
    static let cases = VisionGolden.all.flatMap { golden in
        golden.resolutions.flatMap { side in TestBackend.allCases.map { (golden, side, $0) } }
    }

    /// The output of the embeddings or the first norm, every block's, and the last hidden state.
    private func states(
        _ golden: VisionGolden, _ encoder: any VisionEncoder, _ input: Tensor
    ) throws -> [String: Tensor] {
        let first = golden.id == "clip" ? "pre_layrnorm" : "embeddings"
        var found: [String: Tensor] = [:]
        let handle = try encoder.capture([first, "layers.*"]) { name, tensor in
            if name == "\(first).output" { found["hidden.0"] = tensor }
            let parts = name.split(separator: ".")
            if parts.count == 3, let block = Int(parts[1]) { found["hidden.\(block + 1)"] = tensor }
        }
        defer { handle.cancel() }
        found["last"] = try encoder(input).sequence()
        return found
    }

    @Test(arguments: cases) func everyHiddenState(
        _ golden: VisionGolden, _ side: Int, _ backend: TestBackend
    ) throws {
        let context = backend.context()
        let arrays = try golden.arrays(in: context)
        // CLIP's last_hidden_state is the last block's output; the others apply their norm.
        let overrides: JSONObject = [
            "select_layer": -1, "select_feature": "cls_patch",
            "resolution": .integer(Int64(side)), "final_norm": true,
        ]
        let encoder = try golden.loaded(overrides, from: arrays, in: context)
        let input = Tensor(try arrays.tensor("\(side).input"), in: context)
        var found = try states(golden, encoder, input)
        if golden.id == "clip" { found["last"] = found["hidden.3"] }
        #expect(found.count == 5)
        for (name, tensor) in found {
            let error = try relativeError(tensor.array, arrays.tensor("\(side).\(name)"))
            #expect(error <= 1e-5, "\(golden) at \(side), \(name): \(error)")
        }
    }

    @Test(arguments: VisionGolden.all) func halfPrecisionWeights(_ golden: VisionGolden) throws {
        let context = TestBackend.cpu.context()
        let arrays = try golden.arrays(in: context)
        for dtype in [DType.bfloat16, .float16] {
            var halves = StateDict()
            for (name, array) in arrays where name.hasPrefix("state.") {
                halves[name] = try Tensor(array, in: context).cast(to: dtype).array
            }
            for side in golden.resolutions {
                let encoder = try golden.loaded(
                    [
                        "select_layer": -1, "select_feature": "cls_patch", "final_norm": true,
                        "resolution": .integer(Int64(side)),
                    ], from: halves, in: context)
                encoder.freeze()
                #expect(
                    encoder.parameters().contains { $0.parameter.dtype == dtype },
                    "no weight stayed \(dtype)")
                let input = Tensor(try arrays.tensor("\(side).input"), in: context)
                for (name, tensor) in try states(golden, encoder, input) where name != "last" {
                    let error = try relativeError(tensor.array, arrays.tensor("\(side).\(name)"))
                    #expect(error <= 2e-2, "\(golden) at \(side) in \(dtype), \(name): \(error)")
                }
            }
        }
    }

    @Test(arguments: VisionGolden.all) func theSelectedStateIsGiven(_ golden: VisionGolden) throws {
        let context = TestBackend.cpu.context()
        let arrays = try golden.arrays(in: context)
        let input = Tensor(try arrays.tensor("20.input"), in: context)
        for (layer, index) in [(-2, 2), (1, 1), (-4, 0), (3, 3)] {
            let encoder = try golden.loaded(
                ["select_layer": .integer(Int64(layer))], from: arrays, in: context)
            let built = encoder.parameters().filter { $0.path.hasPrefix("layers.\(index)") }
            #expect(built.isEmpty, "blocks behind the selected state were built")
            let features = try encoder(input)
            #expect(features.grid == [4, 4] && features.prefix == nil && encoder.channels == 12)
            #expect(encoder.prefixTokens == 0)
            let hidden = Tensor(try arrays.tensor("20.hidden.\(index)"), in: context)
            let wanted = try hidden.slice(1, hidden.shape[1] - 16)
            let error = try relativeError(features.tokens().array, wanted.array)
            #expect(error <= 1e-5, "\(golden), layer \(layer): \(error)")
        }
    }

    @Test(arguments: VisionGolden.all) func prefixTokens(_ golden: VisionGolden) throws {
        let context = TestBackend.cpu.context()
        let arrays = try golden.arrays(in: context)
        let encoder = try golden.loaded(
            ["select_feature": "cls_patch"], from: arrays, in: context)
        let features = try encoder(Tensor(arrays.tensor("20.input"), in: context))
        let expected = ["clip": 1, "siglip": 0][golden.id] ?? (golden.file.hasSuffix("s") ? 4 : 1)
        #expect((features.prefix?.shape[1] ?? 0) == expected && encoder.prefixTokens == expected)
        let error = try relativeError(
            features.sequence().array, arrays.tensor("20.hidden.2"))
        #expect(error <= 1e-5, "\(golden): \(error)")
    }

    @Test(arguments: VisionGolden.all, TestBackend.allCases)
    func gradients(_ golden: VisionGolden, _ backend: TestBackend) throws {
        let context = backend.context()
        let arrays = try golden.arrays(in: context)
        let side = try #require(golden.resolutions.last)
        let encoder = try golden.loaded(
            ["select_feature": "cls_patch", "resolution": .integer(Int64(side))], from: arrays,
            in: context)
        let output = try encoder(Tensor(arrays.tensor("\(side).input"), in: context)).sequence()
        try output.backward(Tensor(arrays.tensor("upstream"), in: context))
        let wanted = arrays.below("gradient")
        var compared = 0
        for (path, parameter) in encoder.parameters() {
            guard let expected = wanted[HuggingFaceName.of(path, golden.id)] else { continue }
            compared += 1
            let gradient = try #require(parameter.gradient, "\(path) received no gradient")
            // A key's bias moves all scores of a query alike: its gradient is zero but for rounding.
            if path.hasSuffix("k_proj.bias") {
                try expectClose(gradient.array, expected, absolute: 1e-4, path)
            } else {
                let error = try relativeError(gradient.array, expected)
                #expect(error <= 1e-5, "\(golden), gradient of \(path): \(error)")
            }
        }
        #expect(compared == wanted.count && compared >= 10)
    }

    @Test(arguments: VisionGolden.all, TestBackend.allCases)
    func attentionProbabilities(_ golden: VisionGolden, _ backend: TestBackend) throws {
        let context = backend.context()
        let arrays = try golden.arrays(in: context)
        let encoder = try golden.loaded(from: arrays, in: context)
        let point = "layers.0.\(golden.id == "dinov2" ? "attention" : "self_attn")"
        var shown: Tensor?
        let handle = try encoder.capture(["\(point).attention.probabilities"]) { shown = $1 }
        defer { handle.cancel() }
        _ = try encoder(Tensor(arrays.tensor("20.input"), in: context))
        let error = try relativeError(
            #require(shown).array, arrays.tensor("20.attention"))
        #expect(error <= 1e-5, "\(golden): \(error)")
    }
}
