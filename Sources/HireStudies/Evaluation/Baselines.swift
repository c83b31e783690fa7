import HireVLM

/// What can be had without looking, as a measure for everything that looks.
public enum Baselines {
    /// The most frequent training answer of each question type, in the task's order (ties: the earlier in the alphabet).
    public static func majorityAnswers(_ task: any Task) -> [String] {
        var counts = Array(repeating: [String: Int](), count: task.questionTypes.count)
        for sample in task.samples(.train) { counts[sample.type][sample.answer, default: 0] += 1 }
        return counts.map { count in
            count.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key ?? ""
        }
    }

    /// Answers every question with the majority answer of its type.
    public static func majority(_ evaluator: Evaluator) -> EvaluationReport {
        let answers = majorityAnswers(evaluator.task)
        return evaluator.grade { answers[$0.type] }
    }
}
