import HireArray
import HireFiles
import HireNN
import HireTensor
import HireVLM

/// The shapes of everything that can be captured in a pipeline, found without a number and without weights.
public struct CaptureShapes: Sendable {
    /// One capture point.
    public struct Point: Sendable, Equatable {
        /// Its name, which is also a glob and the path in HDF5.
        public var name: String
        /// The shape for one picture and the prompt, batch first; nil where nothing passes the point.
        public var shape: Shape?
        /// The dtype in which it is computed.
        public var dtype: DType
        /// What the axes behind the batch mean.
        public var axes: [String]
        /// Bytes for one picture.
        public var byteCount: Int { (shape?.elementCount ?? 0) * dtype.byteSize }
    }

    /// All points in the order of the model.
    public let points: [Point]
    /// The prompt that the language model read.
    public let span: SequenceSpan

    /// Runs the model's own code on shapes alone, as far as reading the prompt.
    ///
    /// - Parameters:
    ///   - recipe: what the pipeline is made from.
    ///   - tokenizer: the tokenizer, where it exists already.
    ///   - shapes: a context on the shapes-only back-end.
    ///   - before: text tokens in front of the picture.
    ///   - after: text tokens behind it.
    ///   - watched: the points of interest; nil watches all. What is watched can change how a layer computes.
    ///   - languageModel: whether the language model runs.
    public init(
        _ recipe: Recipe, catalog: PluginCatalog, corpus: [String],
        tokenizer: (any Tokenizer)? = nil, in shapes: Context, before: Int, after: Int,
        hasImage: Bool = true, watched: Set<String>? = nil, languageModel: Bool = true
    ) throws {
        let pipeline = try Pipeline(
            recipe, catalog: catalog, corpus: corpus, tokenizer: tokenizer, in: shapes)
        pipeline.setTraining(false)
        span = SequenceSpan(
            before: before, image: hasImage ? pipeline.enricher.outputTokens : 0, after: after)
        var seen: [String: (shape: Shape, dtype: DType)] = [:]
        let names = pipeline.capturePoints()
        let watch =
            try names.isEmpty || watched?.isEmpty == true
            ? nil
            : pipeline.capture(["**"], where: { watched?.contains($0) ?? true }) { name, tensor in
                if seen[name] == nil { seen[name] = (tensor.shape, tensor.dtype) }
            }
        defer { watch?.cancel() }
        let question = PromptedQuestion(
            image: hasImage ? 0 : nil, before: Array(repeating: 0, count: before),
            after: Array(repeating: 0, count: after))
        try shapes.withoutGradients {
            let tokens = try hasImage ? pipeline.imageTokens(pipeline.blankViews()) : nil
            if languageModel {
                _ = try pipeline.logits(imageTokens: tokens, question, lastOnly: true)
            }
        }
        points = names.map { name in
            let found = seen[name]
            return Point(
                name: name, shape: found?.shape, dtype: found?.dtype ?? .float32,
                axes: found.map { Array(CaptureForm.labels($0.shape, name).dropFirst()) } ?? [])
        }
    }

    /// The shape of a point for another prompt: only sequences of the language model change.
    func shape(of point: Point, for other: SequenceSpan) -> Shape? {
        guard var shape = point.shape else { return nil }
        guard point.name.hasPrefix("language_model.") else { return shape }
        for (axis, label) in CaptureForm.labels(shape, point.name).enumerated()
        where ["token", "query", "key"].contains(label) && shape[axis] > 1 {
            // Embeddings of text are made without the picture's tokens between.
            if shape[axis] == span.total {
                shape[axis] = other.total
            } else if shape[axis] == span.after {
                shape[axis] = other.after
            } else if shape[axis] == span.before {
                shape[axis] = other.before
            }
        }
        return shape
    }
}
