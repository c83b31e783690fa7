import HireArray
import Testing

/// The generator: Random123's known answers for Philox 4x32-10, and what streams promise.
@Suite struct RandomSourceTests {
    @Test func philoxGivesTheKnownAnswers() {
        #expect(
            RandomSource.philox(counter: [0, 0, 0, 0], key: [0, 0])
                == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
        let ones = UInt32.max
        #expect(
            RandomSource.philox(counter: [ones, ones, ones, ones], key: [ones, ones])
                == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
        #expect(
            RandomSource.philox(
                counter: [0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344],
                key: [0xA409_3822, 0x299F_31D0])
                == [0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1])
    }

    @Test func wordsAreAFunctionOfSeedStreamAndCounter() {
        let source = RandomSource(seed: 1)
        #expect(source.named("a").words(at: 7) == source.named("a").words(at: 7))
        #expect(source.named("a").words(at: 7) != source.named("b").words(at: 7))
        #expect(source.named("a").words(at: 7) != source.named("a").words(at: 8))
        #expect(source.words(at: 1 << 40) != source.words(at: 0))
        #expect(RandomSource(seed: 2).words(at: 7) != source.words(at: 7))
        // Names nest: a parent and a child, or two orders, are different streams.
        #expect(source.named("a").named("b").words(at: 0) != source.named("ab").words(at: 0))
        #expect(
            source.named("a").named("b").words(at: 0) != source.named("b").named("a").words(at: 0))
        #expect(source.indexed(3).words(at: 0) == source.named("#3").words(at: 0))
    }

    @Test func uniformsFillTheUnitInterval() {
        // 40,000 draws: the mean is within 5 standard errors (0.00144) of 1/2.
        let values = RandomSource(seed: 3).uniforms(40_000)
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(values.reduce(0, +) / 40_000 - 0.5) < 0.0072)
        #expect(RandomSource(seed: 3).uniforms(5) == Array(values.prefix(5)))
        #expect(RandomSource(seed: 3).uniforms(0).isEmpty)
    }

    @Test func integersCoverTheirRangeEvenly() {
        // 30,000 draws of 3: each count is within 5 deviations (81.6) of 10,000.
        var counts = [0, 0, 0]
        for index in 0..<30_000 { counts[RandomSource(seed: 4).integer(below: 3, at: index)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 410 })
    }

    @Test func permutationsHoldEachNumberOnce() {
        let order = RandomSource(seed: 5).permutation(100)
        #expect(order.sorted() == Array(0..<100) && order != Array(0..<100))
        #expect(RandomSource(seed: 5).permutation(1) == [0])
        #expect(RandomSource(seed: 5).permutation(0).isEmpty)
    }
}
