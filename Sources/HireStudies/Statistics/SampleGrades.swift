import HireFiles

/// What each sample was graded, by the sample's id.
public struct SampleGrades: Sendable, Equatable {
    /// Grades from 0 to 1, by id.
    public private(set) var byID: [String: Double] = [:]

    /// Grades from their parts.
    public init(_ byID: [String: Double]) { self.byID = byID }

    /// The grades in a `predictions.jsonl`: one object per line with `id` and `grade`; none if no line has a grade.
    ///
    /// - Throws: `FileError` naming the line that does not fit the others.
    public init(jsonLines bytes: [UInt8], source: String) throws {
        var number = 0
        var ungraded: Int?
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            number += 1
            if line.isEmpty { continue }
            let value = try? JSONParser.parse(Array(line), source: source)
            guard let id = value?["id"]?.stringValue else {
                throw FileError.badData(
                    source, "line \(number) is no sample", expected: "an object with 'id'")
            }
            guard let grade = value?["grade"]?.doubleValue else {
                if ungraded == nil { ungraded = number }
                continue
            }
            guard byID.updateValue(grade, forKey: id) == nil else {
                throw FileError.badData(source, "line \(number) grades the sample '\(id)' again")
            }
        }
        if let ungraded, !byID.isEmpty {
            throw FileError.badData(
                source, "line \(ungraded) has no grade and others have", expected: "a number")
        }
    }

    /// Grades averaged over seeds, sample by sample.
    ///
    /// - Returns: nil if the seeds answered different samples, or there are none.
    public static func mean(_ seeds: [SampleGrades]) -> SampleGrades? {
        guard let first = seeds.first else { return nil }
        guard seeds.allSatisfy({ $0.byID.keys == first.byID.keys }) else { return nil }
        return SampleGrades(
            Dictionary(
                uniqueKeysWithValues: first.byID.keys.map { id in
                    let sum = seeds.map { $0.byID[id, default: 0] }.reduce(0, +)
                    return (id, sum / Double(seeds.count))
                }))
    }

    /// Why two sets of grades cannot be paired, as the end of a sentence; nil if they can.
    public func obstacle(against baseline: SampleGrades) -> String? {
        if byID.isEmpty || baseline.byID.isEmpty { return "no sample was graded" }
        if byID.keys == baseline.byID.keys { return nil }
        let missing = baseline.byID.keys.filter { byID[$0] == nil }.sorted()
        let extra = byID.keys.filter { baseline.byID[$0] == nil }.sorted()
        let named = (missing + extra).prefix(2).map { "'\($0)'" }.joined(separator: ", ")
        return
            "they answered different samples (\(missing.count) only in the baseline, \(extra.count) only in "
            + "the other, such as \(named))"
    }

    /// The comparison with a baseline over the same samples, in the order of ids.
    ///
    /// - Returns: nil where `obstacle` says why.
    public func compared(with baseline: SampleGrades) -> PairedComparison? {
        if obstacle(against: baseline) != nil { return nil }
        let ids = byID.keys.sorted()
        return PairedComparison(
            ids.map { byID[$0, default: 0] }, against: ids.map { baseline.byID[$0, default: 0] })
    }
}
