import HireFiles
import HireImaging
import HireNN
import HireTensor
import HireVLM

/// A pipeline in a script's hands.
public final class PipelineObject: ScriptObject {
    /// The pipeline.
    public let pipeline: Pipeline
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
        methods: PipelineMethods.answering + PipelineMethods.capturing + PipelineMethods.seeing
            + PipelineMethods.inspecting
            + PipelineMethods.changing,
        properties: ["encoder", "enricher", "projector", "language_model"].map { stage in
            ScriptProperty(stage, .object("hire.Stage"), "This stage, to be called by itself.") {
                .object(StageObject(pipeline(of: $0), stage))
            }
        } + [
            ScriptProperty("recipe", .table, "What it was made from.") {
                ScriptValue(.object(try pipeline(of: $0).recipe.json()))
            }
        ])

    private static func pipeline(of object: any ScriptObject) -> Pipeline {
        guard let object = object as? PipelineObject else {
            preconditionFailure("A property of hire.Pipeline was read from another class.")
        }
        return object.pipeline
    }
}
