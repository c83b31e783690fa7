import Foundation
import HireFiles
import HireStudies
import HireTestSupport
import HireVLM
import Synchronization
import Testing

@Suite("Order and number of processes")
struct OrderTests {
    private static let training: JSONObject = [
        "steps": 2, "images": 2, "questions": 1, "warmup": 0, "learning_rate": 0.01,
    ]

    private static func study(_ folder: String, reversed: Bool = false) throws -> AblationStudy {
        let small = try SmallStudy()
        var variants = try small.variants(
            ["none", ["name": "wide", "enricher": "bicubic"]], training: training)
        if reversed { variants.reverse() }
        var grid = StudyGrid()
        grid.seeds = reversed ? [2, 1] : [1, 2]
        return try small.study(variants, in: folder, record: ["encoder.output"], grid: grid)
    }

    private func metrics(_ study: AblationStudy) -> [String: JSONObject] {
        Dictionary(
            uniqueKeysWithValues: study.statuses.map {
                ($0.item.label, $0.result?.metrics ?? JSONObject())
            })
    }

    @Test("Metrics and files are the same in any order and with two processes")
    func order() throws {
        try withTemporaryFolder { folder in
            let first = try Self.study(folder + "/first")
            try first.run()
            #expect(first.statuses.count == 4 && first.statuses.allSatisfy { $0.state == .done })
            // Shards say when they were made.
            let expected = try itemFiles(folder + "/first", except: [".h5"])
            #expect(expected.count == 4 * 3)
            let reversed = try Self.study(folder + "/reversed", reversed: true)
            try reversed.run()
            #expect(metrics(reversed) == metrics(first))
            #expect(try itemFiles(folder + "/reversed", except: [".h5"]) == expected)
            let shared = folder + "/shared"
            let outcomes = Mutex<[Int]>([])
            DispatchQueue.concurrentPerform(iterations: 2) { number in
                do {
                    let study = try Self.study(shared)
                    var request = StudyRequest()
                    request.role = number == 0 ? .whole : .worker
                    request.ranks = 2
                    let outcome = try study.run(request: request)
                    outcomes.withLock { $0.append(outcome.done.count) }
                } catch {
                    Issue.record("\(error)")
                }
            }
            #expect(outcomes.withLock { $0.reduce(0, +) } == 4)
            #expect(try itemFiles(shared, except: [".h5"]) == expected)
            let contents = try RunFolder(shared).contents()
            #expect(
                contents.items.map { $0.result?.metrics }
                    == first.statuses.map { $0.result?.metrics })
        }
    }
}
