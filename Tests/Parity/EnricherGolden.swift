import Builtin
import HireArray
import HireFiles
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM

/// One enricher that PyTorch ran forward and backward (made by generate/enrichers.py).
struct EnricherGolden {
    /// How far one tensor is from PyTorch's.
    struct Difference {
        let what: String
        let isGradient: Bool
        let error: Double
    }

    let name: String
    let enricher: String
    let configuration: JSONObject
    let isTraining: Bool
    let channels: Int
    let grid: SIMD2<Int>
    let lowResolution: Int
    let highResolution: Int
    let prefixCount: Int
    private let arrays: StateDict
    private let step: Int

    /// The names of all cases.
    static let names = ((try? SystemFileSystem().list(goldenPath("enrichers"))) ?? [])
        .filter { $0.hasSuffix(".safetensors") }.sorted()
        .map { String($0.dropLast(".safetensors".count)) }

    init(_ name: String) throws {
        self.name = name
        let file = try SafetensorsFile.read(
            goldenPath("enrichers/\(name).safetensors"), backend: reader)
        guard
            case .object(let record) = try JSONParser.parse(
                file.metadata["case"] ?? "", source: name)
        else { throw ArrayError.shape(operation: name, expected: "a case", got: "none") }
        let host = try record.requireObject("host", source: name)
        enricher = try record.requireString("enricher", source: name)
        configuration = try record.requireObject("config", source: name)
        isTraining = try record.requireBool("training", source: name)
        prefixCount = try record.requireInt("prefix", source: name)
        channels = try host.requireInt("channels", source: name)
        grid = SIMD2(repeating: try host.requireInt("grid", source: name))
        lowResolution = try host.requireInt("low", source: name)
        highResolution = try host.requireInt("high", source: name)
        step = Int(file.metadata["step"] ?? "") ?? 1
        arrays = try file.stateDict()
    }

    /// Whether PyTorch's results are kept in float64.
    var isPrecise: Bool { arrays["output"]?.dtype == .float64 }

    /// The dtypes in which weights are stored.
    var weightTypes: Set<DType> {
        let weights = arrays.names.filter { $0.hasPrefix("state.") }.compactMap {
            arrays[$0]?.dtype
        }
        return Set(weights.filter(\.isFloatingPoint))
    }

    /// The enricher with the stored weights.
    func make(in context: Context) throws -> any Enricher {
        let host = HostShape(
            channels: channels, grid: grid, lowResolution: lowResolution,
            highResolution: highResolution, context: context)
        let made = try BuiltinPlugins.catalog().makeEnricher(
            PluginChoice(enricher, configuration), for: host)
        try made.load(arrays.below("state"), strict: true)
        return made
    }

    /// Runs everything that PyTorch ran.
    func differences(in context: Context) throws -> [Difference] {
        let module = try make(in: context)
        let (input, leaves) = try input(in: context)
        var found: [Difference] = []
        func compare(_ what: String, _ got: NDArray, _ key: String, gradient: Bool = false) throws {
            found.append(
                Difference(
                    what: what, isGradient: gradient,
                    error: try relativeError(got, arrays.tensor(key))))
        }
        module.train(false)
        if let upsampler = module as? any LinearUpsampler, arrays["operator"] != nil {
            try context.withoutGradients {
                let matrix = try upsampler.pooledOperator(input)
                try compare("W(I)", matrix.array, "operator")
                let pushed = try upsampler.highResolution(input)
                try compare("the high-resolution map", sample(of: pushed, in: context), "sample")
                let pooled = try pushed.pooled(to: upsampler.outputGrid)
                let pulled = try input.base.applying(matrix, onto: upsampler.outputGrid)
                found.append(
                    Difference(
                        what: "pulled against pushed", isGradient: false,
                        error: try relativeError(pulled.map(), pooled.map())))
            }
        }
        if isTraining {
            let output = try context.withoutGradients { try module(input).map() }
            try compare("the output in evaluation", output.array, "evaluation")
        }
        module.train(isTraining)
        let output = try enricher == "s2" ? module(input).sequence() : module(input).map()
        try compare("the output", output.array, "output")
        try output.backward(constant("cotangent", in: context))
        for (key, leaf) in leaves {
            let gradient = try leaf.gradient?.array ?? context.zeros(leaf.shape).array
            try compare("the gradient of \(key)", gradient, "gradient.\(key)", gradient: true)
        }
        for (path, parameter) in module.parameters() {
            let gradient = try parameter.gradient?.array ?? context.zeros(parameter.shape).array
            try compare("the gradient of \(path)", gradient, "gradient.\(path)", gradient: true)
        }
        if isTraining {
            for (path, buffer) in module.buffers() {
                try compare("\(path) afterwards", buffer.tensor.array, "after.\(path)")
            }
        }
        return found
    }

    private func sample(of map: FeatureMap, in context: Context) throws -> NDArray {
        let values = try map.map().array.doubles()
        let kept = stride(from: 0, to: values.count, by: step * channels).map { values[$0] }
        return try context.tensor(kept, [kept.count]).array
    }

    private func constant(_ key: String, in context: Context) throws -> Tensor {
        let array = try arrays.tensor(key)
        return try context.tensor(array.doubles(), array.shape)
    }

    private func leaf(_ key: String, in context: Context) throws -> Tensor {
        Tensor.variable(try constant(key, in: context).array, in: context)
    }

    /// What the enricher is given, and the leaves whose gradients are compared.
    private func input(
        in context: Context
    ) throws -> (EnricherInput, leaves: [(key: String, tensor: Tensor)]) {
        let bytes = try arrays.tensor("picture")
        // One pixel stands for a picture that nobody looks at.
        let stored = try context.tensor(bytes.doubles().map { $0 / 64 - 2 }, bytes.shape)
        let high = try stored.interpolate(
            to: SIMD2(repeating: highResolution), mode: .nearest)
        let low = try high.interpolate(
            to: SIMD2(repeating: lowResolution), mode: .bicubic)
        let views = ImageViews(high: high, low: low)
        if arrays["base"] != nil {
            let base = try leaf("base", in: context)
            let input = try EnricherInput(
                base: FeatureMap(map: base), image: views,
                encode: { _ in
                    throw ArrayError.shape(
                        operation: name, expected: "an enricher that does not look again",
                        got: enricher)
                })
            return (input, [("base", base)])
        }
        let weight = try leaf("encoder.weight", in: context)
        let bias = try leaf("encoder.bias", in: context)
        let scale = try leaf("encoder.prefix", in: context)
        let patch = weight.shape[2]
        func encode(_ pictures: Tensor) throws -> FeatureMap {
            let map = try pictures.conv2d(weight, bias, stride: [patch, patch]).tanh()
            let tokens = try FeatureMap(map: map).tokens()
            guard prefixCount > 0 else { return try FeatureMap(tokens: tokens, grid: grid) }
            let mean = try tokens.mean(dims: [1], keepDims: true)
            return try FeatureMap(tokens: tokens, grid: grid, prefix: mean * scale)
        }
        let input = EnricherInput(base: try encode(low), image: views, encode: encode)
        var leaves = [("encoder.weight", weight), ("encoder.bias", bias)]
        if prefixCount > 0 { leaves.append(("encoder.prefix", scale)) }
        return (input, leaves)
    }
}
