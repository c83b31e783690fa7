import Foundation
import HireFiles
import HireStudies
import HireTestSupport
import Testing

@Suite("Statistics over seeds and samples")
struct StatisticsTests {
    private let golden: JSONObject

    init() throws {
        let value = try JSONParser.read(goldenPath("runs/statistics.json"))
        golden = try #require(value.objectValue)
    }

    private func numbers(_ value: JSONValue?) throws -> [Double] {
        try #require(value?.arrayValue).map { try #require($0.doubleValue) }
    }

    /// A number of a case; NaN, which no comparison passes, if there is none.
    private func number(_ entry: JSONValue, _ key: String) -> Double {
        entry[key]?.doubleValue ?? .nan
    }

    private func cases(_ key: String) throws -> [JSONValue] {
        let list = try #require(golden[key]?.arrayValue)
        try #require(!list.isEmpty)
        return list
    }

    @Test("Small cases agree with all n^n resamples")
    func exact() throws {
        for entry in try cases("exact") {
            let test = PairedBootstrap(try numbers(entry["a"]), against: try numbers(entry["b"]))
            let p = number(entry, "p")
            #expect(abs(test.difference - number(entry, "difference")) < 1e-12)
            // Four standard errors of a share of 10,000 draws, and the one that is added.
            let found = try #require(test.p)
            #expect(abs(found - p) < 4 * (p * (1 - p) / 10_000).squareRoot() + 2e-4, "\(entry)")
        }
    }

    @Test("Larger cases agree with NumPy's resampling")
    func sampled() throws {
        for entry in try cases("sampled") {
            let test = PairedBootstrap(try numbers(entry["a"]), against: try numbers(entry["b"]))
            let p = number(entry, "p")
            let (found, interval) = (try #require(test.p), try #require(test.interval))
            #expect(abs(found - p) < 4 * (p * (1 - p) / 10_000).squareRoot() + 2e-3)
            #expect(abs(interval.lowerBound - number(entry, "low")) < 0.01)
            #expect(abs(interval.upperBound - number(entry, "high")) < 0.01)
        }
    }

    @Test("The sign-flip test counts all signs of few samples and draws those of many")
    func signFlips() throws {
        let sixteen = try #require(golden["sixteen"])
        for entry in try cases("exact") + [sixteen] {
            let test = SignFlipTest(try numbers(entry["a"]), against: try numbers(entry["b"]))
            #expect(test.isExact && abs(test.p - number(entry, "flip")) < 1e-12, "\(entry)")
        }
        for entry in try cases("sampled") {
            let (a, b) = (try numbers(entry["a"]), try numbers(entry["b"]))
            let test = SignFlipTest(a, against: b)
            let p = number(entry, "flip")
            // Only samples that differ have a sign.
            let differing = zip(a, b).filter { $0 != $1 }.count
            #expect(test.isExact == (differing <= 16))
            #expect(abs(test.p - p) < 4 * (p * (1 - p) / 10_000).squareRoot() + 2e-3)
            #expect(
                test == SignFlipTest(a, against: b)
                    && (p > 0.9 || test != SignFlipTest(a, against: b, seed: 2)))
        }
        // However clear the difference is, n samples cannot say more than 2^(1 - n).
        for count in 1...17 {
            let ones = [Double](repeating: 1, count: count)
            let test = SignFlipTest(ones, against: ones.map { $0 - 1 })
            if count <= 16 {
                #expect(test.p == 1 / Double(1 << (count - 1)))
            } else {
                #expect(test.p >= 1.0 / 10_001 && test.p < 0.001 && !test.isExact)
            }
        }
        #expect(SignFlipTest([1, 0, 1], against: [1, 0, 1]) == SignFlipTest([], against: []))
        #expect(SignFlipTest([1, 0, 1], against: [1, 0, 1]).p == 1)
        let one = PairedComparison([1], against: [0])
        #expect(one.test.p == 1 && one.bootstrap.interval == nil && one.bootstrap.p == nil)
    }

    @Test("Equal seeds give equal numbers, others do not; no difference gives p = 1")
    func repeats() {
        let a = (0..<50).map { Double($0 % 3 == 0 ? 1 : 0) }
        let b = (0..<50).map { Double($0 % 5 == 0 ? 1 : 0) }
        #expect(PairedBootstrap(a, against: b) == PairedBootstrap(a, against: b))
        #expect(PairedBootstrap(a, against: b, seed: 2) != PairedBootstrap(a, against: b))
        let same = PairedBootstrap(a, against: a)
        #expect(same.p == 1 && same.difference == 0 && same.interval == 0...0)
        let sure = PairedBootstrap([1, 1, 1], against: [0, 0, 0])
        #expect(sure.p == 1.0 / 10_001 && sure.interval == 1...1)
    }

    @Test("Holm's correction")
    func holm() throws {
        for entry in try cases("holm") {
            let found = HolmCorrection.adjusted(try numbers(entry["p"]))
            for (one, other) in zip(found, try numbers(entry["adjusted"])) {
                #expect(abs(one - other) < 1e-15)
            }
        }
        #expect(HolmCorrection.adjusted([]) == [])
    }

    @Test("Deviation over seeds is NumPy's with ddof=1")
    func spread() throws {
        for entry in try cases("seeds") {
            let spread = SeedSpread(try numbers(entry["values"]))
            #expect(abs(spread.mean - number(entry, "mean")) < 1e-9)
            let deviation = try #require(spread.deviation)
            #expect(abs(deviation - number(entry, "deviation")) < 1e-9)
            #expect(spread.standardError == deviation / Double(spread.count).squareRoot())
        }
        #expect(SeedSpread([2]).deviation == nil && SeedSpread([2]).standardError == nil)
    }

    @Test("Grades are joined by id, averaged over seeds, and refused where samples differ")
    func grades() throws {
        let text = "{\"id\":\"b\",\"grade\":1}\n{\"id\":\"a\",\"grade\":0.5,\"answer\":\"x\"}\n"
        let first = try SampleGrades(jsonLines: Array(text.utf8), source: "p")
        #expect(first.byID == ["a": 0.5, "b": 1])
        let mean = try #require(SampleGrades.mean([first, SampleGrades(["a": 0, "b": 0])]))
        #expect(mean.byID == ["a": 0.25, "b": 0.5])
        #expect(SampleGrades.mean([first, SampleGrades(["a": 0, "c": 0])]) == nil)
        let other = SampleGrades(["a": 1, "c": 1, "d": 0])
        #expect(first.compared(with: other) == nil)
        let obstacle = try #require(first.obstacle(against: other))
        #expect(
            obstacle.contains("2 only in the baseline, 1 only in the other")
                && obstacle.contains("'c'"))
        #expect(
            try SampleGrades(jsonLines: Array("{\"id\":\"a\",\"text\":\"x\"}\n".utf8), source: "p")
                .byID.isEmpty)
        for (bad, line) in [
            ("{\"id\":\"a\",\"grade\":1}\n{\"id\":\"a\",\"grade\":1}", 2), ("\n[1]", 2),
            ("{\"id\":3,\"grade\":1}", 1), ("{\"id\":\"a\",\"grade\":1}\n{\"id\":\"b\"}", 2),
        ] {
            #expect {
                try SampleGrades(jsonLines: Array(bad.utf8), source: "p.jsonl")
            } throws: { "\($0)".contains("p.jsonl: line \(line) ") }
        }
    }
}
