import HireLua
import Testing

@Suite struct MemoryTests {
    /// 10,000 tensors of 1 MiB would take 10 GB if the collector did not know about them.
    @Test func tensorsThatNobodyHoldsAreCollectedInTime() throws {
        let bench = try Bench()
        try bench.run("for i = 1, 10000 do local t = test.zeros(1 << 20) end")
        let peak = bench.host.context.backend.ledger.peakBytes
        #expect(peak < 200 << 20, "\(peak >> 20) MiB at the peak")
        bench.state.close()
        #expect(bench.host.context.backend.ledger.liveBytes == 0)
    }

    @Test func closedTensorsAreFreedAtOnce() throws {
        let bench = try Bench()
        let source = "do local t <close> = test.zeros(1 << 20) end return test.live_bytes()"
        #expect(try bench.run(source) == ["0"])
    }
}
