import HireArray
import HireFiles
import HireNN

/// A folder with a model, as published on a hub, written by the LLaVA authors' code, or saved by this toolkit.
///
/// What it holds is decided by the contents of its configuration files and never by its name.
public struct ModelFolder {
    /// Where it lies.
    public let path: String
    /// The contents of config.json.
    public let configuration: JSONObject
    let options: ModelFolderOptions
    let fileSystem: any FileSystem

    /// The file that says what the folder holds.
    var configurationPath: String { FilePath.join(path, "config.json") }

    /// Opens a folder and reads its configuration.
    ///
    /// - Throws: `FileError` if there is no folder or no config.json, or it cannot be read.
    public init(
        _ path: String, _ options: ModelFolderOptions = ModelFolderOptions(),
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws {
        self.path = path
        self.options = options
        self.fileSystem = fileSystem
        guard let status = try fileSystem.status(path) else {
            throw FileError(.missingInput, path: path, problem: "there is no such folder")
        }
        guard status.kind == .folder else {
            throw FileError(
                .missingInput, path: path, problem: "this is not a model folder",
                expected: "a folder with config.json", got: "a file")
        }
        configuration = try Self.configuration(in: path, fileSystem)
    }

    /// Reads a folder's config.json.
    static func configuration(
        in folder: String, _ fileSystem: any FileSystem
    ) throws -> JSONObject {
        let path = FilePath.join(folder, "config.json")
        guard try fileSystem.exists(path) else {
            let isAdapter = try fileSystem.exists(FilePath.join(folder, "adapter_config.json"))
            throw FileError(
                .missingInput, path: folder,
                problem: "the folder has no config.json, so nothing says what it holds",
                expected: isAdapter
                    ? "the config.json that LLaVA's training writes beside adapter_config.json"
                    : nil)
        }
        let value = try JSONParser.read(
            path, in: fileSystem, limits: JSONLimits(byteCount: 16 << 20, values: 1_000_000))
        guard let object = value.objectValue else {
            throw FileError.badData(
                path, "the configuration does not fit", expected: "a JSON object",
                got: value.kindName)
        }
        return object
    }

    /// What the configuration files say, before any weight is read.
    ///
    /// - Throws: `FileError` naming the file and the key.
    public func description() throws -> ModelDescription {
        if configuration["model_type"]?.stringValue == PipelineFolder.modelType {
            return try PipelineFolder.description(of: self)
        }
        if configuration["mm_vision_tower"] != nil { return try originalDescription() }
        if configuration["model_type"]?.stringValue == "llava" {
            return try huggingFaceDescription()
        }
        let type = try configuration.requireString("model_type", source: configurationPath)
        throw FileError.badData(
            configurationPath, "the folder holds no multimodal model that this toolkit reads",
            expected:
                "model_type 'llava' (llava-hf), a configuration with mm_vision_tower (the LLaVA authors'), "
                + "or '\(PipelineFolder.modelType)' (saved by hire)", got: "model_type '\(type)'")
    }

    /// Whether a folder holds files of a tokenizer.
    func hasTokenizer(_ folder: String) throws -> Bool {
        try TokenizerFiles.decisive.contains {
            try fileSystem.exists(FilePath.join(folder, $0))
        }
    }

    /// The folder whose tokenizer is used: this one, or the base's.
    func tokenizerFolder() throws -> String {
        if try hasTokenizer(path) { return path }
        if let base = try baseFolder(), try hasTokenizer(base) { return base }
        throw FileError(
            .missingInput, path: path, problem: "the folder has no tokenizer",
            expected: TokenizerFiles.decisive.joined(separator: " or "))
    }

    /// The folder that an adapter or projector was trained on; nil if this folder stands alone.
    func baseFolder() throws -> String? {
        if let base = options.base { return base }
        let path = FilePath.join(self.path, "adapter_config.json")
        guard try fileSystem.exists(path) else { return nil }
        let name = try JSONParser.read(path, in: fileSystem)["base_model_name_or_path"]?.stringValue
        guard let name, try fileSystem.status(name)?.kind == .folder else {
            throw FileError(
                .missingInput, path: path,
                problem: "the adapter needs the model it was trained on",
                expected: "its folder, given as option `base` (--base)",
                got: name.map { "base_model_name_or_path '\($0)', which is no folder here" })
        }
        return name
    }

    /// Ids that end an answer, from generation_config.json or the configuration, and what else that file asks for.
    ///
    /// - Returns: the ids, none for the tokenizer's own; and a note where the file wants answers that are not greedy.
    func endTokens(_ text: JSONObject) throws -> (ids: [Int], notes: [String]) {
        let path = FilePath.join(self.path, "generation_config.json")
        if try fileSystem.exists(path),
            let json = try JSONParser.read(path, in: fileSystem).objectValue
        {
            let (asked, unsupported) = try GenerationOptions.huggingFace(json, source: path)
            var greedy = GenerationOptions()
            (greedy.endIDs, greedy.maximumTokens) = (asked.endIDs, asked.maximumTokens)
            (greedy.topK, greedy.topP, greedy.minP) = (asked.topK, asked.topP, asked.minP)
            var notes: [String] = []
            if asked != greedy || !unsupported.isEmpty {
                notes = [
                    "generation_config.json asks for sampling, beams, a penalty or the like; answers are greedy "
                        + "unless the question says otherwise."
                ]
            }
            if !asked.endIDs.isEmpty { return (asked.endIDs, notes) }
            return (try endTokens(of: text), notes)
        }
        return (try endTokens(of: text), [])
    }

    private func endTokens(of text: JSONObject) throws -> [Int] {
        let value = text["eos_token_id"] ?? configuration["eos_token_id"]
        switch value {
        case nil, .null?: return []
        case .integer(let id)?: return [Int(id)]
        case .array(let ids)?:
            let numbers = ids.compactMap(\.intValue)
            if numbers.count == ids.count { return numbers }
        default: break
        }
        throw FileError.badData(
            configurationPath, "eos_token_id does not fit", expected: "an id or a list of ids",
            got: value?.kindName)
    }
}
