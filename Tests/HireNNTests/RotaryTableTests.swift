import HireNN
import HireTensor
import HireTestSupport
import Testing

/// Rotary tables: rows appear as they are asked for, and are the same whenever that was.
@Suite struct RotaryTableTests {
    @Test func rowsDoNotDependOnGrowth() throws {
        let context = makeContext()
        let table = try RotaryTable(positions: 5000, headWidth: 8, in: context)
        let early = try table.angles(start: 3, count: 4).cosines.floats()
        _ = try table.angles(start: 4998, count: 2)
        #expect(try table.angles(start: 3, count: 4).cosines.floats() == early)
        let whole = try RotaryTable(positions: 5000, headWidth: 8, in: context)
        #expect(
            try whole.angles(start: 4998, count: 2).sines.floats()
                == table.angles(start: 4998, count: 2).sines.floats())
    }

    @Test func positionsBeyondTheTableAreNamed() throws {
        let table = try RotaryTable(positions: 4, headWidth: 8, in: makeContext())
        #expect(message { _ = try table.angles(start: 3, count: 2) }.contains("position 4"))
        #expect(message { _ = try table.angles(start: -1, count: 1) }.contains("position -1"))
        #expect(
            message { _ = try RotaryTable(positions: 4, headWidth: 7, in: makeContext()) }
                .contains("head width"))
    }

    /// The first pair turns by one radian per position; a linear factor of two halves every angle.
    @Test func scalingChangesFrequencies() {
        let plain = RotaryScaling.none.frequencies(headWidth: 8, base: 10_000)
        #expect(plain.count == 4 && plain[0] == 1)
        let halved = RotaryScaling.linear(factor: 2).frequencies(headWidth: 8, base: 10_000)
        #expect(halved == plain.map { $0 / 2 })
        let bent = RotaryScaling.llama3(factor: 8, low: 1, high: 4, original: 32)
            .frequencies(headWidth: 8, base: 10_000)
        #expect(bent[0] == plain[0] && bent[3] == plain[3] / 8)
        #expect(bent[1] < plain[1])
    }
}
