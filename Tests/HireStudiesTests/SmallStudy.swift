import Builtin
import HireFiles
import HireReference
import HireShapes
import HireStudies
import HireTensor
import HireTestSupport
import HireVLM

/// A task and pipelines small enough for the reference back-end.
struct SmallStudy {
    let catalog: PluginCatalog
    let task: any Task
    let context = Context(backend: ReferenceBackend(), seed: 1)

    init() throws {
        catalog = try BuiltinPlugins.catalog()
        task = try catalog.makeTask(
            PluginChoice(
                "shapes", ["train_images": 12, "test_images": 4, "size": 16, "seed": 3]))
    }

    static let base: JSONObject = [
        "encoder": [
            "id": "small-vit", "resolution": 8, "patch": 4, "width": 8, "layers": 1, "heads": 2,
            "hidden": 16,
        ],
        "language_model": [
            "id": "small-llama", "width": 16, "layers": 1, "heads": 2, "kv_heads": 2, "hidden": 32,
        ],
        "preprocessing": [
            "high_resolution": 16, "low_resolution": 8, "mean": [0.5, 0.5, 0.5],
            "std": [0.5, 0.5, 0.5],
        ],
    ]

    static let training: JSONObject = [
        "steps": 4, "images": 3, "questions": 2, "warmup": 1, "learning_rate": 0.01,
    ]

    func variants(_ list: [JSONValue], training: JSONObject = SmallStudy.training) throws
        -> [Variant]
    {
        let base = try Recipe(SmallStudy.base).json()
        return try list.map { try Variant($0, on: base, training: training) }
    }

    func pipeline(_ enricher: JSONValue = "none") throws -> Pipeline {
        var json = SmallStudy.base
        json["enricher"] = enricher
        let pipeline = try Pipeline(
            Recipe(json), catalog: catalog, corpus: task.corpus, in: context)
        try pipeline.initialize(from: context.random)
        return pipeline
    }

    func study(
        _ variants: [Variant], in folder: String, record: [String] = [], grid: StudyGrid? = nil,
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws -> AblationStudy {
        var options = StudyOptions()
        if let grid { options.grid = grid }
        options.record = record
        options.recordImages = 3
        return try AblationStudy(
            task: task, variants: variants, options: options, catalog: catalog, context: context,
            shapes: { Context(backend: ShapesBackend()) },
            folder: RunFolder(folder, fileSystem: fileSystem))
    }

    /// What the command line asks for.
    static func request(_ change: (inout StudyRequest) -> Void) -> StudyRequest {
        var request = StudyRequest()
        change(&request)
        return request
    }
}

/// Runs a body with the path of a folder that is removed afterwards.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    try body(folder.path)
    withExtendedLifetime(folder) {}
}
