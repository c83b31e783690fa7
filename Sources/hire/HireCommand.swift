import ArgumentParser

/// The program `hire`.
@main
struct HireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hire", abstract: "High-resolution feature enrichment for multimodal LLMs.")
}
