import HireFiles
import HireTensor

extension PluginCatalog {
    /// Makes a vision encoder.
    ///
    /// - Throws: `PluginError.unknown`, `.unknownKey`, `.configuration`; so do the others below.
    public func makeEncoder(_ choice: PluginChoice, in context: Context) throws -> any VisionEncoder
    {
        guard case .encoder(let make) = try entry(.encoder, choice.id).make else { wrongKind() }
        return try make(choice.configuration, context)
    }

    /// Makes an enricher for a host.
    public func makeEnricher(_ choice: PluginChoice, for host: HostShape) throws -> any Enricher {
        guard case .enricher(let make) = try entry(.enricher, choice.id).make else { wrongKind() }
        return try make(choice.configuration, host)
    }

    /// Makes a projector.
    public func makeProjector(
        _ choice: PluginChoice, inputChannels: Int, outputSize: Int, in context: Context
    ) throws -> any Projector {
        guard case .projector(let make) = try entry(.projector, choice.id).make else {
            wrongKind()
        }
        return try make(
            choice.configuration,
            ProjectorHost(inputChannels: inputChannels, outputSize: outputSize, context: context))
    }

    /// Makes a language model.
    public func makeLanguageModel(
        _ choice: PluginChoice, vocabularySize: Int, in context: Context
    ) throws -> any LanguageModel {
        guard case .languageModel(let make) = try entry(.languageModel, choice.id).make else {
            wrongKind()
        }
        return try make(
            choice.configuration,
            LanguageModelHost(vocabularySize: vocabularySize, context: context))
    }

    /// Makes a tokenizer that covers a corpus.
    public func makeTokenizer(_ choice: PluginChoice, corpus: [String]) throws -> any Tokenizer {
        guard case .tokenizer(let make) = try entry(.tokenizer, choice.id).make else {
            wrongKind()
        }
        return try make(choice.configuration, corpus)
    }

    /// Makes a task.
    public func makeTask(_ choice: PluginChoice) throws -> any Task {
        guard case .task(let make) = try entry(.task, choice.id).make else { wrongKind() }
        return try make(choice.configuration)
    }

    private func wrongKind() -> Never {
        preconditionFailure("A catalogue entry was filed under the wrong kind.")
    }
}
