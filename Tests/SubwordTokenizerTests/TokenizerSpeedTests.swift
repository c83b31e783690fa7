import HireTestSupport
import HireVLM
import SubwordTokenizer
import Testing

/// One MiB of anything takes a time that grows with its length, never with its square.
///
/// The limit is generous (measured: below a second in a debug build); what is quadratic takes minutes.
@Suite(.serialized) struct TokenizerSpeedTests {
    static let texts: [(name: String, text: String)] = {
        var state: UInt64 = 1
        let random = (0..<(1 << 20)).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 57)
        }
        return [
            ("a", String(repeating: "a", count: 1 << 20)),
            ("spaces", String(repeating: " ", count: 1 << 20)),
            ("random ASCII", String(decoding: random, as: UTF8.self)),
            ("random bytes", String(decoding: random.map { $0 &* 2 &+ 77 }, as: UTF8.self)),
        ]
    }()

    @Test(arguments: TokenizerGolden.all) func oneMebibyte(_ golden: TokenizerGolden) throws {
        let tokenizer = try PretrainedTokenizer.load(golden.path)
        for (name, text) in Self.texts {
            let clock = ContinuousClock()
            var count = 0
            let time = try clock.measure { count = try tokenizer.encode(text).count }
            #expect(
                time < .seconds(20), "\(golden.name): \(name) took \(time) for \(count) ids")
        }
    }
}
