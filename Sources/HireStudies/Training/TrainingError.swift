/// What can stop training; each case prints as full sentences.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// The loss is infinite or not a number; `origin` says where that first shows.
    case lossNotFinite(step: Int, loss: Double, origin: String)
    /// A gradient is infinite or not a number although the loss is finite.
    case gradientNotFinite(step: Int, parameter: String)
    /// Nothing is left to train.
    case everythingFrozen
    /// The task has no training questions.
    case noQuestions(task: String)
    /// A checkpoint of another run.
    case otherRun(path: String, difference: String)

    /// The full sentence.
    public var description: String {
        switch self {
        case .lossNotFinite(let step, let loss, let origin):
            "Training stopped at step \(step): the loss is \(loss.isNaN ? "NaN" : "\(loss)"). \(origin) A lower learning rate, a longer "
                + "warm-up or stronger clipping usually helps."
        case .gradientNotFinite(let step, let parameter):
            "Training stopped at step \(step): the gradient of \(parameter) is not finite although the loss is."
        case .everythingFrozen:
            "There is nothing to train: the freeze patterns match every parameter."
        case .noQuestions(let task):
            "The task '\(task)' has no questions to train on."
        case .otherRun(let path, let difference):
            "\(path): this checkpoint belongs to another run: \(difference)."
        }
    }
}
