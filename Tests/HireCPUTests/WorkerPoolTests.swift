import Foundation
import Synchronization
import Testing

@testable import HireCPU

@Suite struct WorkerPoolTests {
    @Test(arguments: [1, 2, 3, 8])
    func everyPieceRunsOnce(_ threads: Int) {
        let pool = WorkerPool(threads: threads)
        defer { pool.shutDown() }
        for round in 0..<300 {
            let count = round % 41
            let seen = UnsafeMutablePointer<Int>.allocate(capacity: 41)
            seen.update(repeating: 0, count: 41)
            defer { seen.deallocate() }
            pool.run(count) { seen[$0] += $0 + 1 }
            for piece in 0..<41 { #expect(seen[piece] == (piece < count ? piece + 1 : 0)) }
            // Now and then the threads have time to fall asleep.
            if round % 60 == 0 { usleep(2000) }
        }
    }

    @Test func callersFromSeveralThreadsDoNotDisturbEachOther() {
        let pool = WorkerPool(threads: 3)
        defer { pool.shutDown() }
        let total = Atomic<Int>(0)
        let callers = 4
        DispatchQueue.concurrentPerform(iterations: callers) { _ in
            for _ in 0..<200 {
                let sum = Atomic<Int>(0)
                pool.run(17) { piece in sum.add(piece, ordering: .relaxed) }
                total.add(sum.load(ordering: .relaxed), ordering: .relaxed)
            }
        }
        #expect(total.load(ordering: .relaxed) == callers * 200 * 17 * 16 / 2)
    }
}
