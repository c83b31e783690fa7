import HireFiles
import HireVLM

/// What a question becomes before a language model reads it.
enum ShownPrompt {
    /// Prints the text and the ids around the picture; needs no weights.
    ///
    /// - Parameter enricher: put in the place of the folder's, if given.
    static func print(
        _ question: String, model: String, _ options: ModelFolderOptions, enricher: PluginChoice?,
        hasImage: Bool, catalog: PluginCatalog
    ) throws {
        var description = try ModelFolder(model, options).description()
        if let enricher { description.recipe.enricher = enricher }
        let pipeline = try Pipeline(
            description.recipe, catalog: catalog, corpus: description.corpus,
            in: Machine.shapesContext())
        let turns = [ConversationTurn(question)]
        let prompted = try pipeline.prompted(turns, image: hasImage ? 0 : nil)
        let lines = [
            pipeline.template.text(of: turns, hasImage: hasImage), "",
            hasImage
                ? "\(prompted.before.count) ids, \(pipeline.enricher.outputTokens) image tokens, \(prompted.after.count) ids"
                : "\(prompted.after.count) ids",
            (prompted.before.map(String.init) + (hasImage ? [ConversationTemplate.imageTag] : [])
                + prompted.after.map(String.init)).joined(separator: " "),
        ]
        Swift.print(lines.joined(separator: "\n"))
    }
}
