import HireVLM

/// The outcome of an evaluation.
public struct EvaluationReport: Sendable, Equatable {
    /// Over all questions.
    public var overall = Accuracy()
    /// Per question type, in the task's order.
    public var byType: [Accuracy]
    /// Every answer, ordered by picture.
    public var predictions: [Prediction] = []
    /// Pictures asked about.
    public var imageCount = 0
    /// Wall time, decoding of pictures left out.
    public var seconds = 0.0

    /// A report without answers yet.
    public init(types: Int) {
        byType = Array(repeating: Accuracy(), count: types)
    }

    /// Wall time per picture with all its questions.
    public var secondsPerImage: Double { imageCount == 0 ? 0 : seconds / Double(imageCount) }

    mutating func add(_ answer: String, to sample: Sample, of task: any Task) {
        let grade = task.grade(answer, for: sample)
        overall.add(grade)
        byType[sample.type].add(grade)
        predictions.append(
            Prediction(
                sample: sample.id, image: sample.imageIndex, question: sample.question,
                expected: sample.answer, answer: answer, type: task.questionTypes[sample.type],
                grade: grade))
    }
}
