import ArgumentParser
import HireLua
import HireVLM

/// `hire save MODEL TARGET`.
struct SaveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Save a model folder as a pipeline that loads anywhere.",
        discussion: """
            TARGET gets the whole pipeline, enricher included: config.json, model.safetensors and the tokenizer's files. \
            Adapters, projectors and vision towers that lie in folders of their own are joined.

            Examples:
              hire save llava-lora pipelines/joined --base vicuna-7b --vision-tower clip-vit-large-patch14-336
              hire save llava-1.5-7b-hf pipelines/hire --enricher hire --high-resolution 672
            """)

    @Argument(help: "The model folder.", completion: .directory)
    var model: String

    @Argument(help: "A folder that does not exist or is empty.", completion: .directory)
    var target: String

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Running") var script: ScriptOptions

    func run() throws {
        let state = try script.makeState(folder: "runs/save")
        defer { state.close() }
        let (pipeline, corpus) = try modelOptions.load(
            model, catalog: state.host.catalog, in: state.host.context)
        try pipeline.save(to: target, corpus: corpus)
        print("saved \(pipeline.parameters().count) tensors to \(target)")
    }
}
