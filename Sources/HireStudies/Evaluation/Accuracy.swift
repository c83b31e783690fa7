/// A share of right answers with its sampling error.
public struct Accuracy: Sendable, Equatable, Codable {
    /// Sum of grades, each from 0 to 1.
    public var correct: Double
    /// Questions asked.
    public var count: Int

    /// No questions yet.
    public init() {
        correct = 0
        count = 0
    }

    /// An accuracy from its counts.
    public init(correct: Double, count: Int) {
        self.correct = correct
        self.count = count
    }

    /// The share, from 0 to 1; 0 when nothing was asked.
    public var value: Double { count == 0 ? 0 : correct / Double(count) }

    /// sqrt(p (1 - p) / n): the standard error of a share; 0 when nothing was asked.
    public var standardError: Double {
        count == 0 ? 0 : (max(value * (1 - value), 0) / Double(count)).squareRoot()
    }

    /// Counts one more answer.
    public mutating func add(_ grade: Double) {
        correct += grade
        count += 1
    }
}
