import HireArray
import HireFiles
import HireNN

/// Low-rank adapters as PEFT saves them: adapter_config.json beside adapter_model.safetensors (or `.bin`).
struct AdapterFolder {
    private let path: String
    private let configuration: JSONObject
    private let weights: any WeightSource
    /// Layers in the order of the file: where each sits, and the stored names of its two matrices.
    private var layers: [(placement: AdapterPlacement, down: String, up: String)] = []

    /// Reads a folder's adapter; nil if it has none.
    ///
    /// - Parameter canonicalName: the pipeline's path for a name of the model that was adapted.
    /// - Throws: `FileError` for kinds of adapters that are not supported and for names that do not pair up.
    init?(
        _ folder: ModelFolder, backend: any Backend, canonicalName: (String) -> String?
    ) throws {
        path = FilePath.join(folder.path, "adapter_config.json")
        guard try folder.fileSystem.exists(path) else { return nil }
        guard let json = try JSONParser.read(path, in: folder.fileSystem).objectValue else {
            throw FileError.badData(
                path, "the adapter's configuration does not fit", expected: "an object")
        }
        configuration = json
        let stored = try folder.weights(
            in: folder.path, named: "adapter_model", backend: backend)
        weights =
            folder.options.checksFinite ? FiniteWeights(stored, label: folder.path) : stored
        try checkKind()
        let rank = try json.requireInt("r", source: path)
        let alpha = json["lora_alpha"]?.doubleValue ?? 8
        var halves: [String: (down: String?, up: String?)] = [:]
        var order: [String] = []
        for name in weights.names {
            guard let (target, isDown) = Self.target(name) else {
                throw FileError.badData(
                    folder.path, "the adapter's tensor '\(name)' is of no kind that is supported",
                    expected: "names that end in lora_A.weight or lora_B.weight")
            }
            if halves[target] == nil { order.append(target) }
            if isDown {
                halves[target, default: (nil, nil)].down = name
            } else {
                halves[target, default: (nil, nil)].up = name
            }
        }
        for target in order {
            guard let down = halves[target]?.down, let up = halves[target]?.up else {
                throw FileError.badData(
                    folder.path, "the adapter of '\(target)' has one of its two matrices only",
                    expected: "lora_A and lora_B")
            }
            guard let weight = canonicalName(target + ".weight"), weight.hasSuffix(".weight") else {
                throw FileError.badData(
                    folder.path, "the adapter's target '\(target)' is no part of a pipeline")
            }
            let (ownRank, ownAlpha) = patterns(target, rank, alpha)
            guard weights.shape(of: down)?.first == ownRank else {
                throw FileError.badData(
                    folder.path, "the tensor '\(down)' does not fit adapter_config.json",
                    expected: "\(ownRank) rows (r)",
                    got: weights.shape(of: down).map { "\($0)" })
            }
            let root = configuration["use_rslora"] == .bool(true)
            let divisor = root ? Double(ownRank).squareRoot() : Double(ownRank)
            layers.append(
                (
                    AdapterPlacement(
                        path: String(weight.dropLast(".weight".count)), rank: ownRank,
                        scale: ownAlpha / divisor), down, up
                ))
        }
    }

    /// Attaches every adapter and loads its matrices; merged ones leave no trace but changed weights.
    func apply(to pipeline: Pipeline, merging: Bool) throws {
        for (placement, down, up) in layers {
            try placement.attach(to: pipeline, source: path)
            guard let layer = try pipeline.module(at: placement.path) as? Linear else { continue }
            var state = StateDict()
            state["lora_A.weight"] = try weights.tensor(down)
            state["lora_B.weight"] = try weights.tensor(up)
            guard let adapter = layer.adapter else { continue }
            for (name, module) in adapter.modules {
                _ = try module.load(state.below(name), strict: true)
            }
            if merging { try layer.fuseAdapter() }
        }
    }

    private func checkKind() throws {
        func refuse(_ key: String, _ expected: String) -> FileError {
            FileError.badData(
                path, "this kind of adapter is not supported", expected: "\(key) \(expected)",
                got: configuration[key]?.stringValue.map { "'\($0)'" } ?? "true")
        }
        if let type = configuration["peft_type"]?.stringValue, type != "LORA" {
            throw refuse("peft_type", "'LORA'")
        }
        for key in ["use_dora", "fan_in_fan_out", "lora_bias"]
        where configuration[key] == .bool(true) {
            throw refuse(key, "false")
        }
        if let bias = configuration["bias"]?.stringValue, bias != "none" {
            throw refuse("bias", "'none'")
        }
    }

    /// The rank and alpha of one layer: patterns name layers by the end of their path.
    private func patterns(_ target: String, _ rank: Int, _ alpha: Double) -> (Int, Double) {
        func value(_ key: String) -> JSONValue? {
            configuration[key]?.objectValue?.members.first {
                target == $0.key || target.hasSuffix("." + $0.key)
            }?.value
        }
        return (
            value("rank_pattern")?.intValue ?? rank, value("alpha_pattern")?.doubleValue ?? alpha
        )
    }

    /// `base_model.model.X.lora_A.weight`, with or without the adapter's name, gives X and which half it is.
    private static func target(_ name: String) -> (target: String, isDown: Bool)? {
        let parts = CheckpointNames.withoutAdapterPrefix(name).split(separator: ".")
        guard let place = parts.lastIndex(where: { $0 == "lora_A" || $0 == "lora_B" }),
            parts.last == "weight", place > 0
        else { return nil }
        return (parts[..<place].joined(separator: "."), parts[place] == "lora_A")
    }
}
