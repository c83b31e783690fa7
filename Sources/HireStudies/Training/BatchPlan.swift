import HireArray
import HireVLM

/// Which pictures and questions each training step sees: a pure function of (seed, step).
///
/// An epoch is a permutation of the pictures that have questions. Each picture of a batch draws its questions
/// with replacement: first a question type among those it has, by weight, then a question of that type uniformly.
/// Nothing depends on what was drawn before, so every variant of a study sees the same order and a resumed run goes
/// on where it stopped.
public struct BatchPlan: Sendable {
    /// The pictures and questions of one step.
    public struct Batch: Sendable, Equatable {
        /// Indices of pictures in their split.
        public var images: [Int]
        /// Questions: the picture's place in `images` and the sample's index in its split.
        public var questions: [Draw]
    }

    /// One question of a batch.
    public struct Draw: Sendable, Equatable {
        /// Place of the picture in the batch.
        public var image: Int
        /// Index of the sample in its split.
        public var sample: Int
    }

    /// How often each question type is drawn relative to the others.
    public struct Weights: Sendable, Equatable {
        private let first: [Double]
        private let last: [Double]
        private let batches: Int

        /// Weights that change in a straight line over a number of batches, or stay.
        public init(_ first: [Double], to last: [Double]? = nil, over batches: Int = 0) {
            self.first = first
            self.last = last ?? first
            self.batches = batches
        }

        /// The number of question types.
        public var count: Int { first.count }

        /// The weights of a batch.
        public func at(_ index: Int) -> [Double] {
            let done = batches > 0 ? min(Double(index) / Double(batches), 1) : 1
            return zip(first, last).map { $0 + ($1 - $0) * done }
        }
    }

    /// Pictures per batch.
    public let imagesPerBatch: Int
    private let questionsPerImage: Int
    private let weights: Weights
    private let source: RandomSource
    /// Picture index and its sample indices by type, for pictures that have questions.
    private let table: [(image: Int, byType: [[Int]])]

    /// A plan over the questions of a split.
    ///
    /// - Parameters:
    ///   - weights: one per question type, as they change over the batches.
    ///   - images: pictures per batch; fewer are used if the split has fewer.
    public init(_ samples: [Sample], weights: Weights, images: Int, questions: Int, seed: Int) {
        var rows: [Int: [[Int]]] = [:]
        for (index, sample) in samples.enumerated() {
            rows[
                sample.imageIndex, default: Array(repeating: [], count: weights.count)
            ][sample.type].append(index)
        }
        table = rows.keys.sorted().map { ($0, rows[$0] ?? []) }
        precondition(!table.isEmpty, "A batch plan needs questions.")
        imagesPerBatch = min(images, table.count)
        questionsPerImage = questions
        self.weights = weights
        source = RandomSource(seed: UInt64(seed)).named("batches")
    }

    /// Batches in one epoch; the last incomplete one is left out.
    public var batchesPerEpoch: Int { table.count / imagesPerBatch }

    /// The batch with a number, counted from 0.
    public func batch(at index: Int) -> Batch {
        let (epoch, place) = index.quotientAndRemainder(dividingBy: batchesPerEpoch)
        let order = source.named("epoch").indexed(epoch).permutation(table.count)
        let rows = order[(place * imagesPerBatch)..<((place + 1) * imagesPerBatch)]
        let draws = source.named("draw").indexed(index).uniforms(2 * rows.count * questionsPerImage)
        var batch = Batch(images: [], questions: [])
        let weights = self.weights.at(index)
        var next = 0
        for row in rows {
            let slot = batch.images.count
            batch.images.append(table[row].image)
            for _ in 0..<questionsPerImage {
                let sample = draw(
                    from: table[row].byType, weights, Double(draws[next]), Double(draws[next + 1]))
                batch.questions.append(Draw(image: slot, sample: sample))
                next += 2
            }
        }
        return batch
    }

    private func draw(
        from byType: [[Int]], _ weights: [Double], _ first: Double, _ second: Double
    ) -> Int {
        let present = byType.indices.filter { !byType[$0].isEmpty }
        var shares = present.map { weights[$0] }
        // A picture whose types all have weight 0 still has its turn.
        if shares.allSatisfy({ $0 == 0 }) { shares = present.map { _ in 1 } }
        var rest = first * shares.reduce(0, +)
        var chosen = present.last { shares[present.firstIndex(of: $0) ?? 0] > 0 } ?? present[0]
        for (type, share) in zip(present, shares) {
            if rest < share {
                chosen = type
                break
            }
            rest -= share
        }
        let group = byType[chosen]
        return group[min(Int(second * Double(group.count)), group.count - 1)]
    }
}
