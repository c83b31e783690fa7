import HireFiles
import HireImaging
import HireNN
import HireTensor
import HireVLM

/// A pipeline in a script's hands; `set_enricher` puts another one behind the same handle.
public final class PipelineObject: ScriptObject {
    /// The pipeline.
    public private(set) var pipeline: Pipeline
    let corpus: [String]
    let fileSystem: any FileSystem = SystemFileSystem()

    /// A handle on a pipeline.
    ///
    /// - Parameter corpus: what its closed vocabulary covers, for pipelines derived from it.
    public init(_ pipeline: Pipeline, corpus: [String]) {
        self.pipeline = pipeline
        self.corpus = corpus
    }

    /// One line for `tostring`.
    public var scriptDescription: String {
        let recipe = pipeline.recipe
        return
            "pipeline \(recipe.encoder.id) -> \(recipe.enricher.id) -> \(recipe.projector.id) -> "
            + "\(recipe.languageModel.id), \(grouped(pipeline.parameterCount)) parameters"
    }

    /// Methods and properties.
    public static let scriptClass = ScriptClass(
        name: "hire.Pipeline",
        summary: "Picture -> encoder -> enricher -> projector -> language model -> answer.",
        methods: PipelineMethods.answering + PipelineMethods.inspecting + PipelineMethods.changing,
        properties: ["encoder", "enricher", "projector", "language_model"].map { stage in
            ScriptProperty(stage, .object("hire.Stage"), "This stage, to be called by itself.") {
                .object(StageObject(pipeline(of: $0), stage))
            }
        } + [
            ScriptProperty("recipe", .table, "What it was made from.") {
                ScriptValue(.object(try pipeline(of: $0).recipe.json()))
            }
        ])

    /// Puts another enricher into the pipeline.
    ///
    /// - Returns: the names of parameters that were initialised anew.
    func setEnricher(_ choice: PluginChoice, catalog: PluginCatalog) throws -> [String] {
        let (changed, initialised) = try pipeline.withEnricher(
            choice, catalog: catalog, corpus: corpus)
        pipeline = changed
        return initialised
    }

    private static func pipeline(of object: any ScriptObject) -> Pipeline {
        guard let object = object as? PipelineObject else {
            preconditionFailure("A property of hire.Pipeline was read from another class.")
        }
        return object.pipeline
    }
}
