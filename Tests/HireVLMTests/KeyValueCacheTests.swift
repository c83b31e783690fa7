import Builtin
import HireArray
import HireCPU
import HireFiles
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// The cache against the same positions read at once: growing, choosing rows, going back, and with gradients.
@Suite struct KeyValueCacheTests {
    let context = Context(backend: CPUBackend(threads: 2), seed: 3)
    let model: any LanguageModel

    init() throws {
        model = try BuiltinPlugins.catalog().makeLanguageModel(
            PluginChoice(
                "llama",
                [
                    "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
                    "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 6,
                    "initializer_range": 0.3, "max_position_embeddings": 400,
                ]),
            vocabularySize: 11, in: context)
        try model.initialize(from: RandomSource(seed: 9))
    }

    private func embeddings(_ rows: [[Int32]]) throws -> Tensor {
        try model.embed(context.tensor(rows.flatMap { $0 }, [rows.count, rows[0].count]))
    }

    private func read(
        _ rows: [[Int32]], _ cache: (any LanguageModelCache)? = nil
    ) throws -> Tensor {
        try model(LanguageModelInput(embeddings: embeddings(rows), cache: cache))
    }

    private func ids(_ count: Int, seed: UInt64) -> [Int32] {
        RandomSource(seed: seed).uniforms(count).map { Int32($0 * 11) }
    }

    /// The first buffer holds 64 positions more than it was made for, so 300 steps grow it several times.
    @Test func growsToTheLastPosition() throws {
        try context.withoutGradients {
            let text = ids(400, seed: 1)
            let cache = model.makeCache()
            _ = try read([Array(text[..<5])], cache)
            var last: Tensor?
            for position in 5..<400 { last = try read([[text[position]]], cache) }
            let whole = try read([text]).slice(1, 399)
            #expect(try relativeError(#require(last), whole) <= 1e-4)
            #expect(cache.length == 400)
            let text2 = refusal { _ = try read([[1]], cache) }
            #expect(text2.contains("401 positions") && text2.contains("400"), "\(text2)")
        }
    }

    @Test(arguments: [false, true]) func truncatesAndGoesOn(_ records: Bool) throws {
        try recording(records) {
            let (first, second) = (ids(9, seed: 2), ids(4, seed: 3))
            let cache = model.makeCache()
            _ = try read([first], cache)
            try cache.truncate(to: 6)
            let got = try read([second], cache)
            let whole = try read([Array(first[..<6]) + second]).slice(1, 6)
            #expect(try relativeError(got, whole) <= 1e-5)
            try cache.truncate(to: 0)
            let fresh = try read([first, second + second + [1]], cache)
            #expect(
                try relativeError(fresh, read([first, second + second + [1]])) <= 1e-5)
            #expect(refusal { try cache.truncate(to: 10) }.contains("0...9"))
            #expect(refusal { try cache.truncate(to: -1) }.contains("0...9"))
        }
    }

    /// Swaps, repetitions and another number of rows.
    @Test(
        arguments: [
            [0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 0, 0], [2, 2, 1], [1], [0, 1, 2, 2, 0],
        ], [false, true])
    func selectsRows(_ rows: [Int], _ records: Bool) throws {
        try recording(records) {
            let texts = (0..<3).map { ids(7, seed: UInt64(10 + $0)) }
            let cache = model.makeCache()
            _ = try read(texts, cache)
            try cache.select(rows: rows)
            let next = rows.indices.map { [Int32($0)] }
            let got = try read(next, cache)
            let whole = try read(zip(rows, next).map { texts[$0] + $1 }).slice(1, 7)
            #expect(try relativeError(got, whole) <= 1e-5)
            #expect(refusal { try cache.select(rows: [rows.count]) }.contains("row"))
        }
    }

    @Test func gradientsThroughACacheAreThoseOfOnePass() throws {
        let text = ids(6, seed: 4)
        try read([text]).square().sum().backward()
        let whole = try gradients()
        model.zeroGradients()
        let cache = model.makeCache()
        let parts = try [read([Array(text[..<4])], cache), read([Array(text[4...])], cache)]
        try Tensor.concat(parts, dim: 1).square().sum().backward()
        for (path, gradient) in try gradients() {
            let expected = try #require(whole[path])
            #expect(try relativeError(gradient, expected) <= 1e-4, "\(path)")
        }
    }

    /// What a derivative remembers of a cache must survive that the cache is rewritten.
    @Test func rewritingACacheKeepsGradients() throws {
        model.freeze()
        try model.unfreeze("model.layers.0.self_attn.q_proj")
        let (text, other) = (ids(6, seed: 5), ids(2, seed: 6))
        try read([text]).square().sum().backward()
        let expected = try gradients()
        model.zeroGradients()
        let cache = model.makeCache()
        let parts = try [read([Array(text[..<4])], cache), read([Array(text[4...])], cache)]
        try cache.truncate(to: 2)
        _ = try read([other], cache)
        try Tensor.concat(parts, dim: 1).square().sum().backward()
        let found = try gradients()
        #expect(!found.isEmpty && found.count == expected.count)
        for (path, gradient) in found {
            #expect(try relativeError(gradient, #require(expected[path])) <= 1e-4, "\(path)")
        }
    }

    @Test func refusesWhatDoesNotFit() throws {
        try context.withoutGradients {
            let cache = model.makeCache()
            _ = try read([[1, 2], [3, 4]], cache)
            let text = refusal { _ = try read([[1]], cache) }
            #expect(text.contains("2 rows") && text.contains("1 rows"), "\(text)")
            final class Foreign: LanguageModelCache {
                let length = 0
                func select(rows: [Int]) {}
                func truncate(to length: Int) {}
            }
            #expect(refusal { _ = try read([[1]], Foreign()) }.contains("another model"))
        }
    }

    private func gradients() throws -> [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: model.parameters().compactMap { path, parameter in
                parameter.gradient.map { (path, $0) }
            })
    }

    private func recording(_ records: Bool, _ body: () throws -> Void) throws {
        if records { try body() } else { try context.withoutGradients(body) }
    }
}
