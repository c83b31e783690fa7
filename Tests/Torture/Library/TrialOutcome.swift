/// What a trial found.
public struct TrialOutcome: Sendable {
    /// The promise that was tried, in one line.
    public let promise: String
    /// What was done how often: "kills", 200.
    public private(set) var counts: [(name: String, count: Int)] = []
    /// What broke the promise, one sentence each; empty when it held.
    public private(set) var failures: [String] = []
    /// Wall time in seconds.
    public var seconds = 0.0

    /// An outcome with nothing done yet.
    public init(_ promise: String) { self.promise = promise }

    /// Adds to a count.
    public mutating func add(_ count: Int = 1, to name: String) {
        if let place = counts.firstIndex(where: { $0.name == name }) {
            counts[place].count += count
        } else {
            counts.append((name, count))
        }
    }

    /// How often something was done.
    public subscript(_ name: String) -> Int { counts.first { $0.name == name }?.count ?? 0 }

    /// Notes what broke the promise.
    public mutating func fail(_ sentence: String) { failures.append(sentence) }

    /// Adds what another part of the same trial found.
    public mutating func add(_ other: TrialOutcome) {
        for (name, count) in other.counts { add(count, to: name) }
        failures += other.failures
    }

    /// One line for people.
    public var line: String {
        let list = counts.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
        let time = "\((seconds * 10).rounded() / 10) s"
        let verdict = failures.isEmpty ? "held" : "BROKEN \(failures.count) times"
        return "\(promise): \(list); \(verdict); \(time)"
    }
}
