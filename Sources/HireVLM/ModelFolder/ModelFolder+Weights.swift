import HireArray
import HireFiles
import HireNN

extension ModelFolder {
    /// The weights that lie in a folder under a base name ("model", "adapter_model").
    func weights(
        in folder: String, named name: String = "model", backend: any Backend
    ) throws -> any WeightSource {
        try WeightFolder.read(
            folder, stems: [name], allowsPickle: options.allowsPickle,
            access: options.mapsWeights ? .map : .read, fileSystem: fileSystem, backend: backend)
    }

    /// Everything that is loaded into the pipeline, under its paths.
    ///
    /// A folder may hold the whole model, or what was trained on top of a base (a projector, adapters); the vision tower
    /// may lie in a folder of its own.
    func weights(
        for description: ModelDescription, backend: any Backend
    ) throws -> CheckpointWeights {
        var result = CheckpointWeights()
        result.checksFinite = options.checksFinite
        let base = try baseFolder()
        func addModel(in folder: String) throws {
            let stored = try weights(in: folder, backend: backend)
            try result.add(
                description.isFirstQwen ? FirstQwenWeights(stored) : stored, folder,
                description.canonicalName)
        }
        if let base { try addModel(in: base) }
        if let tower = description.visionTower {
            try result.add(
                weights(in: tower, backend: backend), tower, CheckpointNames.encoder)
        }
        if base == nil { try addModel(in: path) }
        for name in ["non_lora_trainables", "mm_projector"] where try hasWeights(named: name) {
            try result.add(
                weights(in: path, named: name, backend: backend), path
            ) { description.canonicalName(CheckpointNames.withoutAdapterPrefix($0)) }
        }
        if description.isTied { result.drop { $0 == "language_model.lm_head.weight" } }
        return result
    }

    private func hasWeights(named name: String) throws -> Bool {
        try [".safetensors", ".bin"].contains {
            try fileSystem.exists(FilePath.join(path, name + $0))
        }
    }
}
