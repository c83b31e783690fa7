import Foundation
import HireFiles
import HireStudies
import HireTestSupport
import HireVLM
import Synchronization
import Testing

@testable import HireStudies

@Suite("Leases")
struct LeaseTests {
    private func take(
        _ folder: String, stale: LeaseWatch = LeaseWatch(stale: 60), beat: Double = 10,
        process: ProcessIdentity = .current, fileSystem: any FileSystem = SystemFileSystem()
    ) throws -> RunLease? {
        try RunLease.take(
            "item", in: RunFolder(folder, fileSystem: fileSystem), watch: stale, beat: beat,
            process: process)
    }

    private let elsewhere = ProcessIdentity(host: "another-host", process: 1, start: "5@x")

    @Test("One process has an item; it is free again when it is given back")
    func exclusive() throws {
        try withTemporaryFolder { folder in
            let lease = try #require(try take(folder))
            #expect(try take(folder) == nil)
            #expect(try take(folder, process: elsewhere) == nil)
            #expect(try lease.isHeld())
            let holder = try #require(try RunLease.holder(of: "item", in: RunFolder(folder)))
            #expect(holder.process == .current && holder.beat == 0)
            try lease.release()
            try lease.release()
            #expect(try RunLease.holder(of: "item", in: RunFolder(folder)) == nil)
            #expect(try take(folder) != nil)
        }
    }

    @Test(
        "The lease of a process of this machine that is gone is taken at once, that of a living one is not"
    )
    func deadProcess() throws {
        try withTemporaryFolder { folder in
            let current = ProcessIdentity.current
            // The number of this process, begun at another time.
            let gone = ProcessIdentity(
                host: current.host, process: current.process,
                start: "1" + current.start.drop { $0 != "@" })
            #expect(gone.isGone && !current.isGone && !elsewhere.isGone)
            let first = try #require(try take(folder, process: gone))
            let second = try #require(try take(folder))
            #expect(try !first.isHeld() && second.isHeld())
            // Who lost it does not take it away from who has it.
            try first.release()
            #expect(try second.isHeld())
        }
    }

    @Test(
        "A lease of another machine is taken after it was silent for long by the reader's clock, not before"
    )
    func silent() throws {
        try withTemporaryFolder { folder in
            let watch = LeaseWatch(stale: 0.2)
            let first = try #require(try take(folder, process: elsewhere))
            #expect(try take(folder, stale: watch) == nil)
            Thread.sleep(forTimeInterval: 0.25)
            let second = try #require(try take(folder, stale: watch))
            #expect(try second.isHeld() && !first.isHeld())
        }
        try withTemporaryFolder { folder in
            // While it is renewed it is not silent.
            let watch = LeaseWatch(stale: 0.5)
            let first = try #require(try take(folder, beat: 0.05, process: elsewhere))
            for _ in 0..<8 {
                #expect(try take(folder, stale: watch) == nil)
                Thread.sleep(forTimeInterval: 0.1)
            }
            let holder = try #require(try RunLease.holder(of: "item", in: RunFolder(folder)))
            #expect(holder.beat > 3)
            #expect(try first.isHeld())
            try first.release()
            #expect(try SystemFileSystem().list(folder + "/leases").isEmpty)
        }
    }

    @Test("Half a lease counts as one that is not renewed")
    func unreadable() throws {
        try withTemporaryFolder { folder in
            try SystemFileSystem().makeFolders(folder + "/leases")
            try AtomicWriter().write("{\"host\":", to: folder + "/leases/item.json")
            let watch = LeaseWatch(stale: 0.1)
            #expect(try take(folder, stale: watch) == nil)
            Thread.sleep(forTimeInterval: 0.15)
            #expect(try take(folder, stale: watch) != nil)
        }
    }

    @Test("A beat that fails is tried again and stops nothing")
    func failingBeats() throws {
        try withTemporaryFolder { folder in
            let count = Mutex(0)
            let faulty = FaultyFileSystem { _, call in
                guard call == "rename" else { return nil }
                return count.withLock { count in
                    count += 1
                    return count < 4 ? .error(ENOSPC) : nil
                }
            }
            let lease = try #require(try take(folder, beat: 0.03, fileSystem: faulty))
            let end = Date(timeIntervalSinceNow: 10)
            while Date() < end,
                try RunLease.holder(of: "item", in: RunFolder(folder))?.beat ?? 0 < 2
            {
                Thread.sleep(forTimeInterval: 0.02)
            }
            let holder = try #require(try RunLease.holder(of: "item", in: RunFolder(folder)))
            #expect(holder.beat >= 2)
            try lease.release()
            #expect(try SystemFileSystem().list(folder + "/leases").isEmpty)
        }
    }

    @Test("Of many that want a dead process's item at once, one gets it")
    func race() throws {
        for _ in 0..<20 {
            try withTemporaryFolder { folder in
                let current = ProcessIdentity.current
                let gone = ProcessIdentity(
                    host: current.host, process: current.process,
                    start: "1" + current.start.drop { $0 != "@" })
                _ = try take(folder, process: gone)
                let won = Mutex<[RunLease]>([])
                DispatchQueue.concurrentPerform(iterations: 8) { _ in
                    if let lease = try? take(folder) { won.withLock { $0.append(lease) } }
                }
                let held = try won.withLock { try $0.filter { try $0.isHeld() } }
                #expect(held.count == 1)
            }
        }
    }
}
