import HireArray
import HireFiles
import HireTensor
import HireVLM

/// Trains, evaluates and records variants at all points of a grid, under equal conditions.
///
/// All items of one seed start alike and see the same questions in the same order, whatever was run before them and by
/// whom.
public final class AblationStudy: StudyPlan {
    /// What kind of study it is.
    public let kind = "ablation"
    /// Pictures, questions, answers.
    public let task: any Task
    /// The variants, in order.
    public let variants: [Variant]
    /// What is done beside training.
    public let options: StudyOptions
    /// Where results go.
    public let folder: RunFolder
    /// How far the items are, as of the end of the last run.
    public private(set) var statuses: [ItemStatus] = []

    let catalog: PluginCatalog
    let context: Context
    let shapes: () -> Context
    let parts: [AblationItem]
    private let evaluator: Evaluator

    /// A study; nothing runs yet.
    ///
    /// - Parameters:
    ///   - context: where variants are computed.
    ///   - shapes: makes contexts on the shapes-only back-end, for costs.
    ///   - script: the text of the script, which determines the numbers of plugins that are written in it.
    /// - Throws: `StudyError.duplicateVariant`, `.axis`, `PluginError` for options out of range.
    public init(
        task: any Task, variants: [Variant], options: StudyOptions, catalog: PluginCatalog,
        context: Context, shapes: @escaping () -> Context, folder: RunFolder,
        script: String? = nil
    ) throws {
        var names: Set<String> = []
        for variant in variants where !names.insert(variant.name).inserted {
            throw StudyError.duplicateVariant(variant.name)
        }
        self.task = task
        self.variants = variants
        self.options = options
        self.catalog = catalog
        self.context = context
        self.shapes = shapes
        self.folder = folder
        evaluator = try Evaluator(task, options: options.evaluation)
        parts = try AblationStudy.expand(
            variants, options, task: task, catalog: catalog, context: context,
            script: script)
    }

    /// What has to be done, in the order of tables.
    public var items: [StudyItem] { parts.map(\.item) }

    /// Task, question types and what is recorded.
    public var description: JSONObject {
        [
            "task": .string(task.id), "origin": .string(task.origin),
            "question_types": .array(task.questionTypes.map { .string($0) }),
            "questions": .integer(
                Int64(evaluator.rows.reduce(0) { $0 + $1.samples.count })),
            "images": .integer(Int64(evaluator.rows.count)),
            "record": .array(options.record.map { .string($0) }),
        ]
    }

    /// Results of the items that are finished, in order.
    public var results: [VariantResult] {
        get throws {
            try statuses.compactMap { status in
                try status.result.map {
                    try VariantResult(status.item.label, $0, source: folder.path)
                }
            }
        }
    }

    /// Runs what is not finished and writes `run.h5`.
    ///
    /// - Throws: as `StudyRunner.run`; items that were finished before stay finished.
    @discardableResult
    public func run(
        _ monitor: RunMonitor = .silent, request: StudyRequest = StudyRequest(),
        runner: StudyRunner? = nil
    ) throws -> RunOutcome {
        let runner = runner ?? StudyRunner(folder, request: request)
        do {
            let outcome = try runner.run(self, monitor)
            statuses = outcome.items
            return outcome
        } catch {
            if let contents = try? folder.contents() { statuses = contents.items }
            throw error
        }
    }

    /// Writes `run.h5`.
    public func conclude(_ items: [ItemStatus], in folder: RunFolder) throws {
        statuses = items
        try writeIndex()
    }

    func part(_ item: StudyItem) -> AblationItem {
        guard let part = parts.first(where: { $0.item.id == item.id }) else {
            preconditionFailure("The item \(item.label) is not of this study.")
        }
        return part
    }
}
