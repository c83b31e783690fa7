import ArgumentParser
import HireLua
import HireVLM

/// The program `hire`.
@main
struct HireCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hire",
        abstract: "High-resolution feature enrichment for multimodal LLMs.",
        discussion: """
            Examples:
              hire run experiments/quickstart/experiment.lua
              hire run my.lua --out runs/my --seed 7 -- --steps 100
              hire ask llava-1.5-7b-hf kitchen.jpg "What colour is the mug?"
              hire repl
              hire help tensor.softmax
            """,
        version: ToolkitVersion.text, subcommands: Verbs.all)

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
            Machine.flush()
        } catch let error as ProgramExit {
            Machine.flush()
            Machine.end(error.code)
        } catch {
            Machine.flush()
            if exitCode(for: error) != .failure { exit(withError: error) }
            if error is ValidationError || error is CleanExit { exit(withError: error) }
            Machine.end(Complaint.print(error))
        }
    }
}

/// The verbs, one line each.
enum Verbs {
    static let all: [any ParsableCommand.Type] = [
        RunCommand.self,
        AskCommand.self,
        ChatCommand.self,
        InspectCommand.self,
        SaveCommand.self,
        ReplCommand.self,
        NotebookCommand.self,
        PluginsCommand.self,
        ConvertCommand.self,
        HelpCommand.self,
        CostCommand.self,
        ProfileCommand.self,
        BenchCommand.self,
        DoctorCommand.self,
        AnnotationsCommand.self,
        ReadHDF5Command.self,
    ]
}

/// Ends the program with a status after everything was said.
struct ProgramExit: Error {
    let code: Int32
}
