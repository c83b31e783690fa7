import ArgumentParser
import Builtin
import HireFiles
import HireLua
import HireTensor
import HireVLM

/// Options of every verb that loads a model folder.
struct ModelOptions: ParsableArguments {
    @Option(help: "The model that an adapter or projector folder was trained on.")
    var base: String?

    @Option(
        name: .customLong("vision-tower"),
        help: "The vision tower's folder, where the model has its name only.")
    var visionTower: String?

    @Flag(
        name: .customLong("allow-bin"), help: "Read PyTorch pickles, restricted to plain tensors.")
    var allowBin = false

    @Flag(
        name: .customLong("keep-adapters"),
        help: "Keep low-rank adapters beside the weights instead of adding them.")
    var keepsAdapters = false

    @Flag(
        name: .customLong("mmap"),
        help: "Map weights from the file: starts at once, but a file that shrinks ends the program."
    )
    var maps = false

    @Flag(
        name: .customLong("skip-finite-check"),
        help: "Do not search weights for NaN and infinity.")
    var skipsFiniteCheck = false

    @Option(
        help:
            "A conversation template (vicuna_v1, llava_v1, llava_hf, plain, chatml), or a text with {question}."
    )
    var template: String?

    @Option(help: "What happens to pictures that are not square: pad, crop or resize.")
    var aspect: ImagePreprocessing.Aspect?

    @Option(help: "An enricher to put in; the projector's columns for its channels are zero.")
    var enricher: String?

    @Option(
        name: .customLong("enricher-option"),
        help: "An option of that enricher as KEY=JSON; may be given several times.")
    var enricherOptions: [String] = []

    @Option(
        name: .customLong("high-resolution"),
        help: "Side of the picture that the enricher sees, in pixels.")
    var highResolution = 0

    func validate() throws {
        if highResolution < 0 {
            throw ValidationError("--high-resolution must be at least 0, got \(highResolution).")
        }
        if enricher == nil, !enricherOptions.isEmpty {
            throw ValidationError("--enricher-option needs --enricher.")
        }
    }

    /// Whether any of them was given.
    var isGiven: Bool { isFolderOnly || enricher != nil || highResolution != 0 }

    /// Whether any was given that only a folder can take.
    var isFolderOnly: Bool {
        base != nil || visionTower != nil || allowBin || keepsAdapters || maps
            || skipsFiniteCheck || template != nil || aspect != nil
    }

    /// What the options say about the folder.
    var folder: ModelFolderOptions {
        var options = ModelFolderOptions()
        options.base = base
        options.visionTower = visionTower
        options.allowsPickle = allowBin
        options.adapters = keepsAdapters ? .keep : .merge
        options.mapsWeights = maps
        options.checksFinite = !skipsFiniteCheck
        options.prompt = template
        options.aspect = aspect
        options.highResolution = highResolution
        return options
    }

    /// Loads a folder, puts the enricher in, and says on standard error what was assumed.
    func load(
        _ path: String, catalog: PluginCatalog, in context: Context
    ) throws -> (pipeline: Pipeline, corpus: [String]) {
        let choice = try enricherChoice()
        if let choice { _ = try catalog.entry(.enricher, choice.id) }
        let (pipeline, description) = try Pipeline.load(
            path, folder, catalog: catalog, in: context)
        for note in description.notes { Terminal.writeError("hire: note: \(note)\n") }
        if let choice {
            let report = try pipeline.setEnricher(
                choice, catalog: catalog, options: SwapOptions(columns: .zero))
            let own = report.initialised.filter { $0.hasPrefix("enricher.") }
            if !own.isEmpty {
                Terminal.writeError(
                    "hire: note: the enricher '\(choice.id)' is not trained (\(own.count) parameters drawn from the "
                        + "seed)\(own.count < report.initialised.count ? "; the projector does not read its channels yet" : "").\n"
                )
            }
        }
        return (pipeline, description.corpus)
    }

    /// The enricher to put in, if one is named.
    func enricherChoice() throws -> PluginChoice? {
        guard let enricher else { return nil }
        var choice = PluginChoice(enricher)
        for option in enricherOptions {
            guard let equals = option.firstIndex(of: "="), equals != option.startIndex else {
                throw ValidationError("--enricher-option must be KEY=JSON, got '\(option)'.")
            }
            choice.configuration[String(option[..<equals])] = try JSONParser.parse(
                String(option[option.index(after: equals)...]), source: "--enricher-option")
        }
        return choice
    }
}

extension ImagePreprocessing.Aspect: ExpressibleByArgument {}
