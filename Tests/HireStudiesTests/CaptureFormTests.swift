import HireArray
import HireReference
import HireStudies
import HireTensor
import HireTestSupport
import Testing

@Suite("What is kept of a capture point")
struct CaptureFormTests {
    private let context = Context(backend: ReferenceBackend(), seed: 3)
    private let geometry = SequenceGeometry(SequenceSpan(before: 2, image: 3, after: 2))

    private func numbers(_ shape: Shape) throws -> Tensor {
        try context.tensor((0..<shape.elementCount).map { Float($0) }, shape)
    }

    private func kept(
        _ hook: String, _ tensor: Tensor, _ change: (inout CaptureOptions) -> Void
    ) throws -> [NDArray] {
        var options = CaptureOptions()
        change(&options)
        let form = try CaptureForm(hook, options, shape: tensor.shape, geometry: geometry)
        let arrays = try form.values(of: tensor).arrays
        #expect(arrays.map(\.shape) == form.outputs.map(\.shape))
        #expect(arrays.map(\.dtype) == form.outputs.map(\.dtype))
        #expect(form.byteCount == arrays.map(\.byteCount).reduce(0, +))
        return arrays
    }

    private func message(
        _ hook: String, _ shape: Shape, _ change: (inout CaptureOptions) -> Void
    ) -> String {
        var options = CaptureOptions()
        change(&options)
        let error = #expect(throws: CaptureError.self) {
            try CaptureForm(hook, options, shape: shape, geometry: geometry)
        }
        return error?.description ?? ""
    }

    @Test("Tokens are those of the picture, the text, the last or the given ones")
    func tokens() throws {
        let states = try numbers([1, 7, 2])
        let hook = "language_model.layers.0.output"
        func rows(_ tokens: CaptureTokens) throws -> [Float] {
            try kept(hook, states) { $0.tokens = tokens }[0].floats()
        }
        #expect(try rows(.image) == [4, 5, 6, 7, 8, 9])
        #expect(try rows(.text) == [0, 1, 2, 3, 10, 11, 12, 13])
        #expect(try rows(.last) == [12, 13])
        #expect(try rows(.positions([6, 0])) == [12, 13, 0, 1])
        #expect(try rows(.all) == states.array.floats())
        // In front of the language model every token is the picture's.
        let map = try kept("encoder.output", numbers([1, 2, 2, 2])) { $0.tokens = .image }
        #expect(map[0].shape == [1, 2, 2, 2])
    }

    @Test("Attention is cut along heads, queries and keys")
    func attention() throws {
        let probabilities = try numbers([1, 4, 7, 7])
        let arrays = try kept("language_model.layers.0.attention.probabilities", probabilities) {
            $0.heads = [3, 1]
            $0.queries = .last
            $0.tokens = .image
        }
        let all = try probabilities.array.floats()
        let expected = [3, 1].flatMap { head in (2..<5).map { all[head * 49 + 42 + $0] } }
        #expect(arrays[0].shape == [1, 2, 1, 3])
        #expect(try arrays[0].floats() == expected)
    }

    @Test("Means are over tokens, places of a map, or queries")
    func means() throws {
        let tokens = try kept("encoder.layers.0.output", numbers([1, 3, 2])) {
            $0.reduction = .mean
        }
        #expect(try tokens[0].floats() == [2, 3])
        let map = try kept("encoder.output", numbers([1, 2, 2, 2])) { $0.reduction = .mean }
        #expect(try map[0].floats() == [1.5, 5.5])
        let keys = try kept("encoder.layers.0.probabilities", numbers([1, 1, 2, 3])) {
            $0.reduction = .mean
        }
        #expect(keys[0].shape == [1, 1, 3])
        #expect(try keys[0].floats() == [1.5, 2.5, 3.5])
    }

    @Test("The largest values come with the places where they stood in the model")
    func largest() throws {
        let numbers: [Float] = [3, 9, 1, 9, .nan, 2, 0, 5]
        let states = try context.tensor(numbers, [1, 2, 4])
        let arrays = try kept("encoder.layers.0.output", states) { $0.reduction = .topK(2) }
        #expect(try arrays[0].floats() == [9, 9, 5, 2])
        #expect(try arrays[1].integers() == [1, 3, 3, 1])
        let some = try kept("encoder.layers.0.output", states) {
            $0.channels = [3, 0]
            $0.reduction = .topK(1)
        }
        #expect(try some[1].integers() == [3, 3])
        // In a map features lie along the first axis.
        let places: [Float] = [1, 8, 5, 2]
        let map = try kept("encoder.output", context.tensor(places, [1, 2, 1, 2])) {
            $0.reduction = .topK(1)
        }
        #expect(try map[0].floats() == [5, 8])
        #expect(try map[1].integers() == [1, 0])
    }

    @Test("Coordinates are those of the given basis, or of one fitted to what is at hand")
    func components() throws {
        let numbers: [Float] = (0..<40).map { (index: Int) -> Float in
            Float((index % 7) * (index % 3) - index % 5)
        }
        let states = try context.tensor(numbers, [1, 10, 4])
        let rows = try states.array.floats()
        let basis = PrincipalComponents(rows: rows, width: 4, count: 2)
        var expected: [Double] = []
        for row in 0..<10 {
            let own = rows[(4 * row)..<(4 * row + 4)]
            expected += basis.coordinates(own)
        }
        for given in [basis, nil] {
            let arrays = try kept("encoder.layers.0.output", states) {
                $0.reduction = .principalComponents(2, basis: given, samples: 1)
            }
            try expectClose(arrays[0], expected, absolute: 1e-4, "coordinates")
        }
        let map = try kept(
            "encoder.output", states.reshape([1, 10, 2, 2])
        ) { $0.reduction = .principalComponents(1, basis: nil, samples: 1) }
        #expect(map[0].shape == [1, 1, 2, 2])
        let refused = message("encoder.layers.0.output", [1, 3, 5]) {
            $0.reduction = .principalComponents(2, basis: basis, samples: 1)
        }
        #expect(refused.contains("2 components for 4 channels") && refused.contains("for 5"))
    }

    @Test("Narrower dtypes round, and numbers beyond f16 are counted")
    func narrow() throws {
        let numbers: [Float] = [1, 70000, -1e9, .infinity, 0.1]
        let states = try context.tensor(numbers, [1, 1, 5])
        var options = CaptureOptions()
        options.dtype = .float16
        let form = try CaptureForm(
            "encoder.layers.0.output", options, shape: states.shape, geometry: nil)
        let (arrays, overflows) = try form.values(of: states)
        #expect(overflows == 2)
        #expect(arrays[0].dtype == .float16)
        #expect(try arrays[0].floats()[4] == Float(Float16(0.1)))
        options.dtype = .bfloat16
        let wide = try CaptureForm(
            "encoder.layers.0.output", options, shape: states.shape, geometry: nil)
        #expect(try wide.values(of: states).overflows == 0)
    }

    @Test("What is kept of a large tensor does not hold it in memory")
    func memory() throws {
        let backend = context.backend
        let arrays: [NDArray] = try {
            let states = try numbers([1, 700, 64])
            var options = CaptureOptions()
            options.tokens = .positions([1])
            let form = try CaptureForm(
                "encoder.layers.0.output", options, shape: states.shape, geometry: nil)
            return try form.values(of: states).arrays
        }()
        #expect(backend.ledger.liveBytes == arrays[0].byteCount)
    }

    @Test("Options that a point cannot serve are refused in a sentence")
    func refusals() {
        let (state, logits) = ("language_model.layers.0.output", "language_model.output")
        #expect(
            message(state, [1, 7, 2]) { $0.heads = [0] }
                == "\(state): heads cannot be chosen: the point has no axis of them (its axes are token, channel)."
        )
        #expect(
            message(state, [1, 7, 2]) { $0.tokens = .positions([7]) }
                == "\(state): tokens are counted from 1 to 7, got 8.")
        #expect(
            message(state, [1, 7, 2]) { $0.channels = [0, 1, 0] }.contains("twice in {1, 2, 1}"))
        #expect(
            message(logits, [1, 1, 9]) { $0.tokens = .image }
                == "\(logits): tokens = \"image\" cannot be found: the point has 1 of the prompt's 7 positions."
        )
        #expect(
            message("encoder.layers.0.output", [1, 5, 2]) { $0.tokens = .last }
                .contains("is for points of the language model"))
        #expect(
            message("encoder.output", [1, 5, 2, 2]) { $0.tokens = .positions([1]) }
                .contains("its axes are channel, row, column"))
        #expect(message(state, [1, 7, 2]) { $0.reduction = .topK(3) }.contains("from 1 to 2"))
        #expect(
            message("encoder.pooled.output", [1, 4]) { $0.reduction = .mean }
                .contains("needs tokens, rows and columns or queries"))
    }

    @Test("Rules: the last that chooses a point decides, '!' removes, functions narrow")
    func rules() throws {
        let points = ["a.0.output", "a.1.output", "b.output"]
        var narrow = CaptureOptions()
        narrow.dtype = .float16
        let rules = CaptureRules([
            .init(["**"]), .init(["a.*", "!a.0"], narrow),
        ])
        #expect(
            try rules.choose(among: points).map {
                "\($0.name) \($0.options.dtype?.shortName ?? "-")"
            }
                == ["a.1.output f16", "b.output -"])
        let filtered = CaptureRules([.init(["a.*"])]) { $0.contains("1") }
        #expect(try filtered.choose(among: points).map(\.name) == ["a.1.output"])
        let none = CaptureRules([.init(["a.*"])]) { _ in false }
        #expect(throws: CaptureError.self) { try none.choose(among: points) }
        let unknown = #expect(throws: CaptureError.self) {
            try CaptureRules(patterns: ["b.outputt"]).choose(among: points)
        }
        #expect(unknown?.description.contains("'b.output'") == true)
        // Variants of a study differ in what they have.
        let applicable = try CaptureRules(patterns: ["a.*", "c", "!a.0", "!c"])
            .applicable(among: points)
        #expect(applicable.patterns == ["a.*", "!a.0"])
    }
}
