import HireArray
import HireNN
import HireTensor
import HireVLM

/// A dry run: builds a recipe's pipeline where nothing is computed, runs it, and says everything that does not fit.
///
/// It takes milliseconds at any size and needs no weights.
public struct PipelineCheck {
    /// One thing that does not fit.
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        /// A full sentence.
        public let description: String
        /// Whether all that is wrong is that values were looked at, which a dry run does not have.
        public let readsValues: Bool

        init(_ error: any Error) {
            description = "\(error)"
            // Errors that crossed a script are text.
            readsValues = description.contains(ArrayError.onlyShapes)
        }

        init(_ sentence: String) {
            description = sentence
            readsValues = false
        }
    }

    /// What was found: the problems and, if it could be built, the pipeline.
    public struct Result {
        /// What does not fit; empty if the pipeline runs.
        public var problems: [Problem] = []
        /// The pipeline without numbers.
        public var pipeline: Pipeline?

        mutating func attempt<T>(_ body: () throws -> T) -> T? {
            do {
                return try body()
            } catch {
                let problem = Problem(error)
                if !problems.contains(problem) { problems.append(problem) }
                return nil
            }
        }
    }

    private let catalog: PluginCatalog
    private let shapes: () -> Context

    /// A check of recipes against a catalogue.
    ///
    /// - Parameter shapes: makes contexts on the shapes-only back-end.
    public init(_ catalog: PluginCatalog, shapes: @escaping () -> Context) {
        self.catalog = catalog
        self.shapes = shapes
    }

    /// Everything that keeps a recipe from running.
    ///
    /// - Parameter tokenizer: the tokenizer, where it exists already.
    public func check(
        _ recipe: Recipe, _ texts: CheckedTexts, tokenizer: (any Tokenizer)? = nil
    ) -> Result {
        var result = Result()
        let context = shapes()
        do {
            result.pipeline = try Pipeline(
                recipe, catalog: catalog, corpus: texts.corpus, tokenizer: tokenizer, in: context)
        } catch {
            checkParts(recipe, texts, tokenizer, in: context, &result)
            if result.problems.isEmpty { result.problems = [Problem(error)] }
        }
        guard let pipeline = result.pipeline else { return result }
        pipeline.setTraining(false)
        context.withoutGradients { run(pipeline, texts, &result) }
        return result
    }

    /// Each part by itself, so that a mistake in one does not hide one in another.
    private func checkParts(
        _ recipe: Recipe, _ texts: CheckedTexts, _ given: (any Tokenizer)?, in context: Context,
        _ result: inout Result
    ) {
        let tokenizer =
            given
            ?? result.attempt { try catalog.makeTokenizer(recipe.tokenizer, corpus: texts.corpus) }
        let languageModel = result.attempt {
            try catalog.makeLanguageModel(
                recipe.languageModel, vocabularySize: tokenizer?.vocabularySize ?? 1, in: context)
        }
        _ = result.attempt { try catalog.entry(.enricher, recipe.enricher.id) }
        _ = result.attempt { try catalog.entry(.projector, recipe.projector.id) }
        _ = result.attempt { try ConversationTemplate(recipe.prompt) }
        guard let encoder = result.attempt({ try catalog.makeEncoder(recipe.encoder, in: context) })
        else { return }
        let enricher = result.attempt {
            try catalog.makeEnricher(
                recipe.enricher,
                for: Pipeline.hostShape(
                    for: recipe.enricher, behind: encoder, recipe.preprocessing, catalog,
                    in: context))
        }
        guard let enricher, let languageModel else { return }
        _ = result.attempt {
            try catalog.makeProjector(
                recipe.projector, inputChannels: enricher.outputChannels,
                outputSize: languageModel.hiddenSize, in: context)
        }
    }

    private func run(_ pipeline: Pipeline, _ texts: CheckedTexts, _ result: inout Result) {
        guard let views = result.attempt({ try pipeline.blankViews() }),
            let base = result.attempt({ try pipeline.encoder(views.low) })
        else { return }
        var guidance: [SIMD2<Int>] = []
        let watches = pipeline.enricher.modules().compactMap { path, module in
            module is JointBilateralStage
                ? try? module.capture(["kernel"]) {
                    guidance.append(SIMD2($1.shape[2], $1.shape[3]))
                }
                : nil
        }
        defer { for watch in watches { watch.cancel() } }
        let enricher = pipeline.enricher
        let features = result.attempt {
            try enricher(
                pipeline.enricherInput(base: base, views))
        }
        let size = { (grid: SIMD2<Int>) in "\(grid.x)x\(grid.y)" }
        if let finest = guidance.max(by: { $0.x * $0.y < $1.x * $1.y }),
            finest.x < base.grid.x || finest.y < base.grid.y
        {
            result.problems.append(
                Problem(
                    "enricher: the finest guidance map is \(size(finest)), smaller than the features' grid of "
                        + "\(size(base.grid)); a larger high_resolution (now "
                        + "\(pipeline.recipe.preprocessing.highResolution)) or a finer stage helps."
                ))
        }
        guard let features else { return }
        guard features.channels == enricher.outputChannels, features.grid == enricher.outputGrid
        else {
            result.problems.append(
                Problem(
                    "enricher: '\(pipeline.recipe.enricher.id)' promised \(enricher.outputChannels) channels on "
                        + "\(size(enricher.outputGrid)) and gave \(features.channels) on \(size(features.grid))."
                ))
            return
        }
        guard let tokens = result.attempt({ try pipeline.projector(features) }) else { return }
        checkTexts(pipeline, texts, tokens, &result)
    }

    /// Reads the longest sequence that training or answering would make.
    private func checkTexts(
        _ pipeline: Pipeline, _ texts: CheckedTexts, _ tokens: Tensor, _ result: inout Result
    ) {
        var longest: PromptedQuestion?
        let length = { (question: PromptedQuestion) in
            question.before.count + question.after.count + question.answer.count
        }
        for (question, answer) in texts.questions {
            guard
                var prompted = result.attempt({
                    try pipeline.prompted(question, answer: answer)
                })
            else { continue }
            // The last generated token is not read again.
            let missing = texts.maximumTokens - 1 - prompted.answer.count
            if missing > 0 {
                prompted.answer += Array(repeating: pipeline.tokenizer.padding, count: missing)
            }
            if longest.map(length) ?? -1 < length(prompted) { longest = prompted }
        }
        guard let longest else { return }
        _ = result.attempt { try pipeline.loss(imageTokens: tokens, [longest]) }
    }
}
