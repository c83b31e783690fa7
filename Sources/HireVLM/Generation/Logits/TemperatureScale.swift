/// Divides scores by a temperature (`TemperatureLogitsWarper`).
public struct TemperatureScale: LogitsProcessor {
    private let temperature: Float

    /// - Parameter temperature: above 0; below 1 makes likely tokens likelier.
    public init(_ temperature: Double) {
        precondition(temperature > 0, "A temperature to divide by is above 0.")
        self.temperature = Float(temperature)
    }

    /// Divides all scores.
    public func process(_ scores: inout [Float], ids: [Int]) {
        for index in scores.indices { scores[index] /= temperature }
    }
}
