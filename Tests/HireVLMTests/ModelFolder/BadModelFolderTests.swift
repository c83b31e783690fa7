import Builtin
import HireArray
import HireFiles
import HireNN
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Folders that do not fit are refused with a sentence that names the file, the key or the tensor.
@Suite struct BadModelFolderTests {
    let context = ModelFolderGolden.context()

    /// What was done to a copy of a good folder, and what the message must say.
    struct Damage: Sendable, CustomStringConvertible {
        let name: String
        let says: [String]
        var source = "hf-clip-llama"
        let apply: @Sendable (String) throws -> Void
        var description: String { name }
    }

    /// Changes one JSON file of a folder.
    private static func change(
        _ folder: String, _ file: String, _ edit: (inout JSONObject) -> Void
    ) throws {
        let path = FilePath.join(folder, file)
        let value = try JSONParser.read(path, in: SystemFileSystem())
        var object = value.objectValue ?? JSONObject()
        edit(&object)
        try AtomicWriter().write(JSONWriter().string(.object(object)), to: path)
    }

    /// Changes the weights of a folder.
    private static func change(weights folder: String, _ edit: (inout StateDict) throws -> Void)
        throws
    {
        let path = FilePath.join(folder, "model.safetensors")
        let backend = ModelFolderGolden.context().backend
        var state = try SafetensorsFile.read(path, backend: backend).stateDict()
        try edit(&state)
        try SafetensorsFile.write(state, to: path)
    }

    private static func nested(
        _ object: inout JSONObject, _ key: String, _ edit: (inout JSONObject) -> Void
    ) {
        var inner = object[key]?.objectValue ?? JSONObject()
        edit(&inner)
        object[key] = .object(inner)
    }

    static let damages: [Damage] = [
        Damage(name: "no config.json", says: ["config.json"]) {
            try SystemFileSystem().removeFile(FilePath.join($0, "config.json"))
        },
        Damage(name: "unknown model_type", says: ["config.json", "'llavva'", "'llava'"]) {
            try change($0, "config.json") { $0["model_type"] = "llavva" }
        },
        Damage(name: "no model_type", says: ["config.json", "'model_type'", "missing"]) {
            try change($0, "config.json") { $0["model_type"] = nil }
        },
        Damage(name: "unknown tower", says: ["config.json", "'vit_mae'", "clip_vision_model"]) {
            try change($0, "config.json") {
                nested(&$0, "vision_config") { $0["model_type"] = "vit_mae" }
            }
        },
        Damage(name: "unknown language model", says: ["config.json", "'mamba'", "llama"]) {
            try change($0, "config.json") {
                nested(&$0, "text_config") { $0["model_type"] = "mamba" }
            }
        },
        Damage(name: "several feature layers", says: ["vision_feature_layer", "one layer"]) {
            try change($0, "config.json") { $0["vision_feature_layer"] = [-2, -5] }
        },
        Damage(name: "layer out of range", says: ["select_layer", "-9"]) {
            try change($0, "config.json") { $0["vision_feature_layer"] = -9 }
        },
        Damage(name: "unknown activation", says: ["hidden_act", "gello"]) {
            try change($0, "config.json") {
                nested(&$0, "vision_config") { $0["hidden_act"] = "gello" }
            }
        },
        Damage(
            name: "a vocabulary smaller than the tokenizer's", says: ["vocab_size", "tokenizer"]
        ) {
            try change($0, "config.json") { nested(&$0, "text_config") { $0["vocab_size"] = 100 } }
        },
        Damage(name: "wrong width", says: ["another shape", "projector.2.weight"]) {
            try change(weights: $0) { state in
                let backend = ModelFolderGolden.context().backend
                state["multi_modal_projector.linear_2.weight"] = try backend.array(
                    [Float](repeating: 0, count: 8 * 16), [8, 16])
            }
        },
        Damage(
            name: "a missing tensor",
            says: ["1 missing", "1 unexpected", "k_proj.weight", "k_prroj"]
        ) {
            try change(weights: $0) { state in
                let name = "language_model.model.layers.1.self_attn.k_proj.weight"
                state[name.replacing("k_proj", with: "k_prroj")] = state[name]
                state[name] = nil
            }
        },
        Damage(name: "a layer too many", says: ["unexpected", "encoder.layers.7"]) {
            try change(weights: $0) { state in
                state["vision_tower.encoder.layers.7.layer_norm1.weight"] =
                    state["vision_tower.encoder.layers.2.layer_norm1.weight"]
            }
        },
        Damage(name: "a weight that is NaN", says: ["lm_head.weight", "not finite", "element 4"]) {
            try change(weights: $0) { state in
                let name = "language_model.lm_head.weight"
                guard let array = state[name] else { return }
                var values = try array.floats()
                values[3] = .nan
                state[name] = try ModelFolderGolden.context().backend.array(values, array.shape)
            }
        },
        Damage(name: "two spellings of one tensor", says: ["two tensors stand for", "lm_head"]) {
            try change(weights: $0) { $0["lm_head.weight"] = $0["language_model.lm_head.weight"] }
        },
        Damage(name: "no weights", says: ["no weights", "model.safetensors"]) {
            try SystemFileSystem().removeFile(FilePath.join($0, "model.safetensors"))
        },
        Damage(name: "a cut download", says: ["model.safetensors", "short of", "incomplete"]) {
            let path = FilePath.join($0, "model.safetensors")
            let bytes = try SystemFileSystem().readAll(path)
            try AtomicWriter().write(Array(bytes.prefix(bytes.count - 100)), to: path)
        },
        Damage(name: "no tokenizer", says: ["no tokenizer", "tokenizer.json"]) {
            try SystemFileSystem().removeFile(FilePath.join($0, "tokenizer.json"))
        },
        Damage(name: "a scale of pixels", says: ["preprocessor_config.json", "rescale_factor"]) {
            try change($0, "preprocessor_config.json") { $0["rescale_factor"] = 0.5 }
        },
        Damage(name: "sizes that are not square", says: ["preprocessor_config.json", "square"]) {
            try change($0, "preprocessor_config.json") {
                $0["crop_size"] = ["height": 28, "width": 14]
            }
        },
        Damage(name: "an unknown filter", says: ["resample", "9"]) {
            try change($0, "preprocessor_config.json") { $0["resample"] = 9 }
        },
        Damage(
            name: "a shard elsewhere", says: ["plain file name", "../"], source: "original-s2"
        ) {
            try change($0, "model.safetensors.index.json") {
                nested(&$0, "weight_map") { map in
                    let first = map.keys[0]
                    map[first] = "../model-00001-of-00002.safetensors"
                }
            }
        },
        Damage(name: "a shard missing", says: ["model-00002-of-00002"], source: "original-s2") {
            try SystemFileSystem().removeFile(
                FilePath.join($0, "model-00002-of-00002.safetensors"))
        },
        Damage(name: "scales that do not fit", says: ["s2_scales"], source: "original-s2") {
            try change($0, "config.json") { $0["s2_scales"] = "28,x" }
        },
        Damage(
            name: "scales that are no multiples", says: ["scales", "multiples"],
            source: "original-s2"
        ) {
            try change($0, "config.json") { $0["s2_scales"] = "28,40" }
        },
        Damage(name: "an unknown projector", says: ["mm_projector_type"], source: "original-s2") {
            try change($0, "config.json") { $0["mm_projector_type"] = "resampler" }
        },
        Damage(name: "anyres", says: ["image_aspect_ratio", "anyres"], source: "original-s2") {
            try change($0, "config.json") { $0["image_aspect_ratio"] = "anyres" }
        },
        Damage(name: "another kind of adapter", says: ["use_dora"], source: "original-lora") {
            try change($0, "adapter_config.json") { $0["use_dora"] = true }
        },
        Damage(name: "another rank", says: ["lora_A", "rows"], source: "original-lora") {
            try change($0, "adapter_config.json") { $0["r"] = 7 }
        },
    ]

    @Test(arguments: damages) func isRefusedWithASentence(_ damage: Damage) throws {
        let golden = try #require(ModelFolderGolden.all.first { $0.name == damage.source })
        let folder = try TemporaryFolder()
        let disk = SystemFileSystem()
        for name in try disk.list(golden.path) {
            try AtomicWriter().write(
                disk.readAll(FilePath.join(golden.path, name)), to: folder.file(name))
        }
        _ = try golden.load(in: context, folder: folder.path)
        try damage.apply(folder.path)
        do {
            _ = try golden.load(in: context, folder: folder.path)
            Issue.record("was accepted")
        } catch {
            let message = "\(error)"
            for part in damage.says {
                #expect(message.contains(part), "'\(part)' is missing in: \(message)")
            }
        }
    }

    @Test func aFolderOfAnotherKindIsNamed() throws {
        let catalog = try BuiltinPlugins.catalog()
        for (path, part) in [
            ("llava/nowhere", "no such folder"), ("llava/picture.png", "not a model folder"),
            ("llava/tower", "clip_vision_model"), ("llava/original-bin", "pickles only"),
        ] {
            do {
                var options = ModelFolderOptions()
                options.visionTower = goldenPath("llava/tower")
                _ = try Pipeline.load(goldenPath(path), options, catalog: catalog, in: context)
                Issue.record("\(path) was accepted")
            } catch {
                #expect("\(error)".contains(part), "\(error)")
            }
        }
    }

    /// Sampling that the folder's authors like is said, not done.
    @Test func otherWaysOfGeneratingAreNoted() throws {
        let golden = ModelFolderGolden.all[0]
        let folder = try TemporaryFolder()
        let disk = SystemFileSystem()
        for name in try disk.list(golden.path) {
            try AtomicWriter().write(
                disk.readAll(FilePath.join(golden.path, name)), to: folder.file(name))
        }
        let plain = try ModelFolder(folder.path).description()
        #expect(plain.notes.isEmpty && plain.recipe.endTokens == [2])
        try AtomicWriter().write(
            #"{"do_sample": true, "temperature": 0.7, "eos_token_id": [2, 5]}"#,
            to: folder.file("generation_config.json"))
        let sampling = try ModelFolder(folder.path).description()
        #expect(sampling.recipe.endTokens == [2, 5])
        #expect(sampling.notes.count == 1 && sampling.notes[0].contains("generation_config.json"))
    }

    @Test func textsNeedTheirPicture() throws {
        let pipeline = try ModelFolderGolden.all[0].load(in: context)
        #expect(throws: PluginError.self) { try pipeline.logits(nil, "USER: <image>\nhi") }
        let picture = try ModelFolderGolden.picture()
        #expect(throws: PluginError.self) { try pipeline.logits(picture, "no picture here") }
        #expect(throws: PluginError.self) { try pipeline.logits(picture, "<image> <image>") }
        #expect(try pipeline.logits(nil, "hello").shape[1] > 0)
        #expect(try pipeline.ask(nil, "hello", options: .init(maximumTokens: 2)).ids.count > 0)
    }
}
