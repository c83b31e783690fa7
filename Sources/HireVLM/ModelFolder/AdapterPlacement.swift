import HireFiles
import HireNN

/// Where a low-rank adapter sits in a pipeline, and how large it is.
struct AdapterPlacement: Equatable {
    /// The path of the linear layer.
    var path: String
    /// r.
    var rank: Int
    /// What the product of its matrices is multiplied by: alpha/r, or alpha/sqrt(r).
    var scale: Double

    var json: JSONValue {
        ["path": .string(path), "rank": .integer(Int64(rank)), "scale": .number(scale)]
    }

    init(path: String, rank: Int, scale: Double) {
        self.path = path
        self.rank = rank
        self.scale = scale
    }

    init(_ json: JSONValue, source: String) throws {
        guard let object = json.objectValue else {
            throw FileError.badData(
                source, "an adapter does not fit", expected: "an object", got: json.kindName)
        }
        path = try object.requireString("path", source: source)
        rank = try object.requireInt("rank", source: source)
        scale = try object.requireDouble("scale", source: source)
        guard rank > 0, rank <= 65_536 else {
            throw FileError.badData(
                source, "the rank of the adapter at '\(path)' does not fit",
                expected: "1 to 65536", got: "\(rank)")
        }
    }

    /// Attaches an adapter of this size to its layer.
    ///
    /// - Throws: `FileError` naming `source` if there is no such linear layer.
    func attach(to pipeline: Pipeline, source: String) throws {
        let layers = pipeline.modules().filter { $0.module is Linear }
        guard let layer = layers.first(where: { $0.path == path })?.module as? Linear else {
            throw FileError.badData(
                source,
                NearestNames.sentence(
                    kind: "linear layer", name: path, among: layers.map(\.path), shown: 6))
        }
        try layer.attach(
            LoRA(
                inputs: layer.inputs, outputs: layer.outputs, rank: rank,
                alpha: scale * Double(rank), in: layer.weight.context))
    }
}
