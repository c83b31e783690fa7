import HireArray
import Testing

/// Large blocks go round, within a limit.
struct BlockCacheTests {
    private let size = 40 << 20

    @Test func aBlockOfTheSameSizeIsUsedAgain() throws {
        let cache = BlockCache(limit: 100 << 20)
        let ledger = MemoryLedger()
        var first: Storage? = try Storage(byteCount: size, ledger: ledger, cache: cache)
        let address = first?.pointer
        first = nil
        #expect(cache.byteCount == size && ledger.liveBytes == 0)
        let other = try Storage(byteCount: size + 64, ledger: ledger, cache: cache)
        #expect(other.pointer != address)
        let second = try Storage(byteCount: size, ledger: ledger, cache: cache)
        #expect(second.pointer == address && cache.byteCount == 0)
        #expect(ledger.liveBytes == 2 * size + 64)
    }

    @Test func theOldestGoFirst() throws {
        let cache = BlockCache(limit: 100 << 20)
        for extra in 0..<4 { _ = try Storage(byteCount: size + extra, ledger: nil, cache: cache) }
        #expect(cache.byteCount == 2 * size + 2 + 3)
        cache.empty()
        #expect(cache.byteCount == 0)
    }

    @Test func smallAndHugeBlocksAreNotKept() throws {
        let cache = BlockCache(limit: 100 << 20)
        _ = try Storage(byteCount: 1 << 20, ledger: nil, cache: cache)
        _ = try Storage(byteCount: 101 << 20, ledger: nil, cache: cache)
        #expect(cache.byteCount == 0)
    }
}
