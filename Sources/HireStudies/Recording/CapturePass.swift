import HireImaging
import HireTensor
import HireVLM

/// One picture through a pipeline, only as far as what is captured needs it.
public struct CapturePass {
    /// What a pass made.
    public struct Outcome {
        /// The sample with everything that was captured; its place and names are the caller's.
        public var captured: [CaptureCollector.Captured]
        /// The prompt, where there is a question.
        public var prompt: (question: PromptedQuestion, span: SequenceSpan)?
        /// The point behind which the pass ended; nil where it went to the end.
        public var stoppedAfter: String?
        /// The answer, where one was wanted.
        public var answer: Generation?
    }

    private let pipeline: Pipeline
    private let collector: CaptureCollector

    /// Passes through a pipeline.
    public init(_ pipeline: Pipeline, _ collector: CaptureCollector) {
        self.pipeline = pipeline
        self.collector = collector
    }

    /// Looks at pictures, reads the question where a point of the language model is wanted, and answers where that is.
    ///
    /// - Parameters:
    ///   - images: one, or several without a question; nil asks without a picture.
    ///   - geometry: how the prompts of all samples compare; nil knows of this one only.
    ///   - reachable: the points that can be reached, where that is known.
    ///   - answering: how the question is answered; nil reads it only, and stops behind the last point that is wanted.
    /// - Throws: `CaptureError` where something is wanted that is not reached; what the stages throw.
    public func run(
        _ images: [Image]?, question: String?, sample index: Int = 0,
        geometry: ((SequenceSpan) -> SequenceGeometry)? = nil, reachable: Set<String>? = nil,
        answering: GenerationOptions? = nil, hooks: GenerationHooks = GenerationHooks(),
        keepsNothing: Bool = false
    ) throws -> Outcome {
        let mode = pipeline.scope.isTraining
        pipeline.setTraining(false)
        defer { pipeline.setTraining(mode) }
        let began = ContinuousClock.now
        var prompt: (question: PromptedQuestion, span: SequenceSpan)?
        if let question {
            let prompted = try pipeline.prompted(question, image: images == nil ? nil : 0)
            prompt = (
                prompted, SequenceSpan(prompted, imageTokens: pipeline.enricher.outputTokens)
            )
        }
        let comparing = geometry ?? { SequenceGeometry($0) }
        var answer: Generation?
        try collector.pass(
            sample: index, geometry: prompt.map { comparing($0.span) }, stops: answering == nil,
            reachable: reachable
        ) {
            try pipeline.context.withoutGradients {
                let tokens = try images.map { try pipeline.imageTokens(pipeline.views(of: $0)) }
                guard let prompt else { return }
                if let answering {
                    answer = try pipeline.generate(
                        imageTokens: tokens, [prompt.question], options: answering, hooks: hooks,
                        since: began)[0]
                } else if collector.needsLanguageModel {
                    _ = try pipeline.logits(
                        imageTokens: tokens, prompt.question, lastOnly: true)
                }
            }
        }
        if keepsNothing {
            return Outcome(captured: [], prompt: prompt, stoppedAfter: collector.stoppedAfter)
        }
        if let missing = collector.unreached.first(where: { reachable?.contains($0) ?? true }),
            collector.captured.isEmpty || (question == nil && missing.hasPrefix("language_model."))
        {
            throw CaptureError(
                missing,
                question == nil && missing.hasPrefix("language_model.")
                    ? "the language model reads a question, and none is given."
                    : "nothing passed this point.")
        }
        return Outcome(
            captured: collector.captured, prompt: prompt, stoppedAfter: collector.stoppedAfter,
            answer: answer)
    }
}
