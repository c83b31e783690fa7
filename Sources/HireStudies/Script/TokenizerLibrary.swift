import HireFiles
import HireVLM

/// `hire.tokenizer`: text to ids and back.
public enum TokenizerLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "tokenizer", summary: "Tokenizers of model folders.", functions: [load],
        classes: [TokenizerObject.scriptClass])

    private static let load = ScriptFunction(
        "load",
        "Loads a tokenizer from a model folder or one of its files (tokenizer.json, tokenizer.model, vocab.json).",
        parameters: [ScriptParameter("path", .path, "The folder or file.")],
        returns: [ScriptResult(.object("hire.Tokenizer"), "the tokenizer")],
        example: """
            local found, tokenizer = pcall(hire.tokenizer.load, "models/llava-1.5-7b-hf")
            if found then print(table.concat(tokenizer:encode("a mug"), " ")) end
            """
    ) { arguments in
        let path = try arguments.string("path")
        let choice = PluginChoice("pretrained", ["path": .string(path)])
        return [
            .object(
                TokenizerObject(
                    try arguments.host.catalog.makeTokenizer(choice, corpus: []), from: path))
        ]
    }
}
