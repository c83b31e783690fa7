import HireArray
import Testing

/// Memory, its ledger, and the bits of bfloat16.
@Suite struct StorageTests {
    @Test func theLedgerCountsLiveAndPeakBytes() throws {
        let ledger = MemoryLedger()
        var first: Storage? = try Storage(byteCount: 1000, ledger: ledger)
        #expect(ledger.liveBytes == 1000 && first != nil)
        do {
            let second = try Storage(byteCount: 500, ledger: ledger)
            #expect(ledger.liveBytes == 1500 && second.byteCount == 500)
        }
        first = nil
        #expect(ledger.liveBytes == 0 && ledger.peakBytes == 1500)
        #expect(ledger.resetPeak() == 0)
        #expect(ledger.peakBytes == 0)
    }

    @Test func memoryIsAlignedForVectors() throws {
        for (size, alignment) in [(0, 16), (1, 16), (100, 16), (4096, 64), (100_000, 64)] {
            let storage = try Storage(byteCount: size, ledger: nil)
            let pointer = try #require(storage.pointer)
            #expect(UInt(bitPattern: pointer) % UInt(alignment) == 0, "\(size) bytes")
        }
    }

    @Test func aShapeWithoutValuesHasNoPointer() {
        let ledger = MemoryLedger()
        let storage = Storage(shapeOnlyByteCount: 64, ledger: ledger)
        #expect(storage.pointer == nil && ledger.liveBytes == 64)
    }

    @Test func bfloat16RoundsToNearestEven() {
        #expect(BFloat16(1).bits == 0x3F80 && BFloat16(-2).bits == 0xC000)
        // Halfway cases: 1 + 1/256 rounds down to even, 1 + 3/256 rounds up to even.
        #expect(BFloat16(1 + 1 / 256).floatValue == 1)
        #expect(BFloat16(1 + 3 / 256).floatValue == 1.015625)
        #expect(BFloat16(1 + 1.01 / 256).floatValue == 1.0078125)
        #expect(BFloat16(.nan).floatValue.isNaN)
        #expect(BFloat16(Float(bitPattern: 0x7F80_0001)).floatValue.isNaN)
        #expect(BFloat16(.greatestFiniteMagnitude).floatValue == .infinity)
        #expect(BFloat16(-.infinity).floatValue == -.infinity)
    }
}
