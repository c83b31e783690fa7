import Builtin
import HireArray
import HireCPU
import HireFiles
import HireImaging
import HireNN
import HireTensor
import HireTestSupport
import HireVLM

/// A tiny random LLaVA folder of `Tests/Goldens/generate/llava.py` with what PyTorch computed from it.
struct ModelFolderGolden: Sendable, CustomStringConvertible {
    let name: String
    /// How many features lie side by side: S2 has one map per scale.
    var usesTower = false
    var usesBase = false

    static let all = [
        ModelFolderGolden(name: "hf-clip-llama"), ModelFolderGolden(name: "hf-siglip-qwen2"),
        ModelFolderGolden(name: "hf-dinov2-llama"),
        ModelFolderGolden(name: "original-bin", usesTower: true),
        ModelFolderGolden(name: "original-s2", usesTower: true),
        ModelFolderGolden(name: "original-lora", usesTower: true, usesBase: true),
    ]

    var description: String { name }
    var path: String { goldenPath("llava/\(name)") }

    var options: ModelFolderOptions {
        var options = ModelFolderOptions()
        options.allowsPickle = true
        if usesTower { options.visionTower = goldenPath("llava/tower") }
        if usesBase { options.base = goldenPath("llava/base") }
        return options
    }

    static func context() -> Context { Context(backend: CPUBackend(threads: 1), seed: 3) }

    func load(in context: Context, folder: String? = nil) throws -> Pipeline {
        try Pipeline.load(
            folder ?? path, options, catalog: BuiltinPlugins.catalog(), in: context
        ).pipeline
    }

    func golden(in context: Context) throws -> SafetensorsFile {
        try SafetensorsFile.read(
            FilePath.join(path, "golden.safetensors"), backend: context.backend)
    }

    static func picture() throws -> Image {
        try Image(reading: goldenPath("llava/picture.png"))
    }

    static let question = "What colour is this image?"

    /// Logits [1, n, V] at the positions that the golden file has.
    func logits(_ pipeline: Pipeline, in context: Context) throws -> Tensor {
        let prompted = try pipeline.prompted(Self.question)
        let all = try pipeline.logits(
            imageTokens: pipeline.imageTokens(pipeline.views(of: [Self.picture()])), prompted)
        let positions = try golden(in: context).tensor("positions").integers()
        return try all.indexSelect(
            dim: 1, context.tensor(positions.map(Int32.init), [positions.count]))
    }
}
