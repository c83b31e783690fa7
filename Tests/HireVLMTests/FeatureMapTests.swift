import HireArray
import HireReference
import HireTensor
import HireVLM
import Testing

/// Tokens in front of and behind a grid's: what each operation does with them.
@Suite struct FeatureMapTests {
    let context = Context(backend: ReferenceBackend())

    /// Two pictures on a 2x2 grid with two channels, one token in front and two behind.
    private func map(_ offset: Float = 0, prefix: Int = 1, suffix: Int = 2) throws -> FeatureMap {
        func tokens(_ count: Int, _ first: Float) throws -> Tensor {
            try context.tensor(
                (0..<(4 * count)).map { Float($0) + first + offset }, [2, count, 2])
        }
        return try FeatureMap(
            tokens: tokens(4, 0), grid: [2, 2], prefix: prefix == 0 ? nil : tokens(prefix, 100),
            suffix: suffix == 0 ? nil : tokens(suffix, 200))
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch { return "\(error)" }
    }

    @Test func theSequenceIsPrefixGridSuffix() throws {
        let map = try map()
        #expect(map.tokenCount == 7)
        #expect(
            try map.sequence().at(dim: 0, index: 0).floats() == [
                100, 101, 0, 1, 2, 3, 4, 5, 6, 7, 200, 201, 202, 203,
            ])
        #expect(try map.withoutPrefix().sequence().shape == [2, 6, 2])
        let plain = try self.map(prefix: 0, suffix: 0)
        #expect(plain.tokenCount == 4)
        #expect(try plain.sequence().floats() == plain.tokens().floats())
    }

    @Test func appendingGoesBehindWhatIsThere() throws {
        let more = try context.tensor([1, 2, 3, 4] as [Float], [2, 1, 2])
        let map = try map().appending(more)
        #expect(map.tokenCount == 8)
        #expect(try map.suffix?.floats() == [200, 201, 202, 203, 1, 2, 204, 205, 206, 207, 3, 4])
        #expect(try map.prefix?.floats() == self.map().prefix?.floats())
        let plain = try self.map(prefix: 0, suffix: 0).appending(more)
        #expect(try plain.suffix?.floats() == [1, 2, 3, 4] && plain.prefix == nil)
    }

    @Test func concatenationJoinsTokenByToken() throws {
        let both = try map().concatenated(with: map(1000))
        #expect(both.channels == 4 && both.tokenCount == 7)
        #expect(
            try both.suffix?.at(dim: 0, index: 0).floats() == [
                200, 201, 1200, 1201, 202, 203, 1202, 1203,
            ])
        #expect(try both.prefix?.at(dim: 0, index: 1).floats() == [102, 103, 1102, 1103])
    }

    @Test func tokensThatDoNotFitAreSentences() throws {
        let suffixes = message { _ = try map().concatenated(with: map(suffix: 1)) }
        #expect(
            suffixes.contains("the same number of suffix tokens (2)") && suffixes.contains("1"),
            "\(suffixes)")
        let none = message { _ = try map(suffix: 0).concatenated(with: map()) }
        #expect(none.contains("the same number of suffix tokens (0)"), "\(none)")
        let prefixes = message { _ = try map().concatenated(with: map(prefix: 2)) }
        #expect(prefixes.contains("the same number of prefix tokens (1)"), "\(prefixes)")
        for shape in [[1, 3, 2], [2, 3, 5], [2, 6]] as [Shape] {
            let text = message { _ = try map().appending(context.zeros(shape)) }
            #expect(text != "nothing was thrown", "\(shape) was accepted")
            let made = message {
                _ = try FeatureMap(
                    tokens: context.zeros([2, 4, 2]), grid: [2, 2], suffix: context.zeros(shape))
            }
            #expect(
                made.contains("suffix tokens [2, S, 2]") && made.contains("\(shape)"), "\(made)")
        }
    }

    @Test func poolingAndResizingLeaveTokensWithoutPlaceOut() throws {
        for other in [
            try map().pooled(to: [1, 1]), try map().pooled(to: [2, 2]),
            try map().resized(to: [2, 2]),
            try map().applying(context.ones([2, 4, 4]), onto: [2, 2]),
        ] {
            #expect(other.prefix == nil && other.suffix == nil)
        }
        #expect(try map().pooled(to: [2, 2]).tokens().floats() == map().tokens().floats())
    }

    @Test func detachingKeepsEverything() throws {
        let leaf = Tensor.variable(try context.ones([2, 3, 2]).array, in: context)
        let detached = try map(suffix: 0).appending(leaf).detached()
        #expect(detached.suffix?.requiresGradient == false && detached.tokenCount == 8)
    }

    @Test func editsReplaceTheMapAndKeepTheRest() throws {
        let map = try map()
        #expect(try map.capturedTensor().shape == [2, 2, 2, 2])
        let edited = try map.replacing(capturedTensor: context.zeros([2, 2, 2, 2]))
        #expect(
            try edited.sequence().at(dim: 0, index: 0).floats() == [
                100, 101, 0, 0, 0, 0, 0, 0, 0, 0, 200, 201, 202, 203,
            ])
        #expect(throws: (any Error).self) {
            try map.replacing(capturedTensor: context.zeros([2, 3, 2, 2]))
        }
    }
}
