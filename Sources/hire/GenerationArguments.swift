import ArgumentParser
import HireVLM

/// Options of every verb that generates an answer.
struct GenerationArguments: ParsableArguments {
    @Option(name: .customLong("max-tokens"), help: "Where the answer is cut off.")
    var maximumTokens = 128

    @Option(help: "0 takes the likeliest token, any other draws.")
    var temperature = 0.0

    @Option(name: .customLong("top-k"), help: "Draw among so many likeliest tokens; 0 means all.")
    var topK = 50

    @Option(
        name: .customLong("top-p"),
        help: "Draw among the likeliest tokens that have this probability.")
    var topP = 1.0

    @Option(
        name: .customLong("repetition-penalty"),
        help: "Above 1: what was said is less likely to come again.")
    var repetitionPenalty = 1.0

    @Option(help: "Answers followed at once.")
    var beams = 1

    @Option(help: "A text that ends the answer; may be given several times.")
    var stop: [String] = []

    /// The options, checked.
    func options(seed: UInt64) throws -> GenerationOptions {
        var options = GenerationOptions(maximumTokens: maximumTokens)
        options.temperature = temperature
        options.topK = topK
        options.topP = topP
        options.repetitionPenalty = repetitionPenalty
        options.beams = beams
        options.stop = stop
        options.seed = Int(truncatingIfNeeded: seed & UInt64(Int.max))
        try options.check()
        return options
    }
}
