import HireArray
import HireNN

/// Weights of the first Qwen (Qwen-7B v1, `QWenLMHeadModel`) under the names of `Qwen2ForCausalLM`.
///
/// | there | here |
/// |---|---|
/// | `transformer.wte` | `model.embed_tokens` |
/// | `transformer.h.N.ln_1`, `ln_2` | `model.layers.N.input_layernorm`, `post_attention_layernorm` |
/// | `attn.c_attn`, weight [3 p, hidden] and bias [3 p] | `self_attn.q_proj`, `k_proj`, `v_proj`: its thirds |
/// | `attn.c_proj` | `self_attn.o_proj` |
/// | `mlp.w2`, `mlp.w1`, `mlp.c_proj` | `mlp.gate_proj`, `up_proj`, `down_proj` |
/// | `transformer.ln_f`, `lm_head` | `model.norm`, `lm_head` |
///
/// Names of any other form keep them. Thirds of one matrix share its memory, so that nothing is held twice.
public final class FirstQwenWeights: WeightSource {
    /// The names here, in the source's order.
    public let names: [String]
    private let source: any WeightSource
    private let places: [String: Place]
    /// The fused arrays read last, by the source's name: their three parts are asked for one after the other.
    private var fused: [(name: String, array: NDArray)] = []

    /// Where a tensor lies.
    private struct Place {
        let name: String
        /// Which third of the rows, or nil for all of them.
        let third: Int?
    }

    /// Wraps a source with the first Qwen's names.
    public init(_ source: any WeightSource) {
        self.source = source
        var names: [String] = []
        var places: [String: Place] = [:]
        for name in source.names {
            let targets = Self.targets(of: name)
            for (index, target) in targets.enumerated() {
                names.append(target)
                places[target] = Place(name: name, third: targets.count == 1 ? nil : index)
            }
        }
        self.names = names
        self.places = places
    }

    /// The shape under a name; nil also for a fused matrix whose rows do not fall into thirds.
    public func shape(of name: String) -> Shape? {
        guard let place = places[name], var shape = source.shape(of: place.name) else { return nil }
        if place.third == nil { return shape }
        guard let rows = shape.first, rows % 3 == 0 else { return nil }
        shape[0] = rows / 3
        return shape
    }

    /// The dtype under a name.
    public func dtype(of name: String) -> DType? {
        places[name].flatMap { source.dtype(of: $0.name) }
    }

    /// The array under a name.
    ///
    /// - Throws: what the source throws; `ArrayError.shape` for a fused matrix whose rows do not fall into thirds.
    public func tensor(_ name: String) throws -> NDArray {
        guard let place = places[name] else { return try source.tensor(name) }
        guard let third = place.third else { return try source.tensor(place.name) }
        let whole = try fusedArray(place.name)
        guard let rows = whole.shape.first, rows % 3 == 0 else {
            throw ArrayError.shape(
                operation: "split \(place.name)", expected: "rows that three divides",
                got: "\(whole.shape)")
        }
        return whole.sliced(axis: 0, start: third * (rows / 3), length: rows / 3)
    }

    private func fusedArray(_ name: String) throws -> NDArray {
        if let held = fused.first(where: { $0.name == name }) { return held.array }
        let array = try source.tensor(name)
        // A layer has two of them, the weight and the bias.
        fused = fused.suffix(1) + [(name, array)]
        return array
    }

    /// What a tensor of the source is here: one name, or three for a fused one.
    private static func targets(of name: String) -> [String] {
        for (prefix, target) in [
            ("transformer.wte.", "model.embed_tokens."), ("transformer.ln_f.", "model.norm."),
        ] where name.hasPrefix(prefix) {
            return [target + name.dropFirst(prefix.count)]
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 5, parts[0] == "transformer", parts[1] == "h" else { return [name] }
        let path = parts.dropFirst(3).dropLast().joined(separator: ".")
        guard let targets = modules[path] else { return [name] }
        return targets.map { "model.layers.\(parts[2]).\($0).\(parts[parts.count - 1])" }
    }

    private static let modules: [String: [String]] = [
        "ln_1": ["input_layernorm"],
        "attn.c_attn": ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
        "attn.c_proj": ["self_attn.o_proj"],
        "ln_2": ["post_attention_layernorm"],
        "mlp.w2": ["mlp.gate_proj"],
        "mlp.w1": ["mlp.up_proj"],
        "mlp.c_proj": ["mlp.down_proj"],
    ]
}
