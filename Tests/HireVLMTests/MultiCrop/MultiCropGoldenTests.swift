import Builtin
import HireArray
import HireImaging
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Pictures through Pillow, transformers and PyTorch, and through us; made by generate/multi_crop.py.
@Suite struct MultiCropGoldenTests {
    let context = Context(backend: ReferenceBackend())
    let file: SafetensorsFile

    init() throws {
        file = try SafetensorsFile.read(
            goldenPath("multi_crop/golden.safetensors"), backend: context.backend)
    }

    private func golden(_ name: String) throws -> Tensor {
        Tensor(try file.tensor(name), in: context)
    }

    /// Means of patches, then a linear map.
    private func encode(_ crops: Tensor) throws -> FeatureMap {
        let means = try FeatureMap(map: crops.avgPool2d(kernel: [7, 7])).tokens()
        let tokens =
            try means.matmul(golden("encoder.patch.weight").transpose(0, 1))
            + golden("encoder.patch.bias")
        let front = try means.mean(dims: [1], keepDims: true)
            .matmul(golden("encoder.class.weight").transpose(0, 1))
        return try FeatureMap(tokens: tokens, grid: [4, 4], prefix: front)
    }

    private func project(_ map: FeatureMap) throws -> Tensor {
        let weight = try golden("encoder.projector.weight").transpose(0, 1)
        return try (map.sequence().matmul(weight) + golden("encoder.projector.bias")).gelu()
    }

    private func enriched(
        _ choice: PluginChoice, _ index: Int, encode: ((Tensor) throws -> FeatureMap)? = nil
    ) throws -> FeatureMap {
        let preprocessing = ImagePreprocessing(
            highResolution: 28, lowResolution: 28, aspect: .resize)
        let host = HostShape(
            channels: 5, grid: [4, 4], prefixTokens: 1, lowResolution: 28, highResolution: 28,
            preprocessing: preprocessing, context: context)
        let picture = try Image(reading: goldenPath("multi_crop/\(index).png"))
        let views = try preprocessing.views(of: [picture], in: context)
        let enricher = try BuiltinPlugins.catalog().makeEnricher(choice, for: host)
        return try enricher(
            EnricherInput(
                base: self.encode(views.low), image: views, encode: encode ?? self.encode,
                project: project))
    }

    private func compare(_ choice: PluginChoice, _ index: Int, _ name: String) throws {
        let suffix = try #require(try enriched(choice, index).suffix)
        let wanted = try golden("\(index).\(name)")
        try expectClose(
            suffix.squeeze(0).array, wanted.array, relative: 1e-5, absolute: 2e-6,
            "\(name) of picture \(index)")
    }

    @Test(arguments: 0..<3) func anyresIsLLaVANext(_ index: Int) throws {
        let candidates: PluginChoice = PluginChoice(
            "anyres", ["candidates": [[2, 2], [1, 4], [4, 1]], "crop_tokens": 9])
        try compare(candidates, index, "flat")
        var spatial = candidates
        spatial.configuration["merge"] = "spatial"
        try compare(spatial, index, "spatial")
    }

    @Test(arguments: 0..<3) func bothVersionsOfDragonfly(_ index: Int) throws {
        try compare(PluginChoice("dragonfly"), index, "v2")
        try compare(PluginChoice("dragonfly", ["version": 1]), index, "v1")
    }

    /// The very pixels of transformers' LLaVA-NeXT processor, the whole picture first.
    @Test func cropsAreTheProcessorsPixels() throws {
        var crops: [Tensor] = []
        let choice = PluginChoice("anyres", ["candidates": [[2, 2], [1, 4], [4, 1]]])
        _ = try enriched(choice, 0) {
            crops.append($0)
            return try encode($0)
        }
        let pixels = try golden("0.pixels")
        try expectClose(
            Tensor.concat(crops, dim: 0).array, pixels.slice(0, 1).array, absolute: 1e-6, "crops")
        let picture = try Image(reading: goldenPath("multi_crop/0.png"))
        let low = try ImagePreprocessing(highResolution: 28, lowResolution: 28, aspect: .resize)
            .views(of: [picture], in: context).low
        try expectClose(low.array, pixels.slice(0, 0, 1).array, absolute: 1e-6, "whole")
    }
}
