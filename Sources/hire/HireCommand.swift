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
        LuaState.surviveFullFiles()
        do {
            var command = try command(for: Array(CommandLine.arguments.dropFirst()))
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

extension HireCommand {
    /// The command that words stand for.
    ///
    /// What stands behind `--` belongs to the script of `hire run`: two lists of words without a name, overrides and
    /// arguments, are one too many for the parser.
    static func command(for words: [String]) throws -> any ParsableCommand {
        guard words.first == "run" else { return try parseAsRoot(words) }
        let end = words.firstIndex(of: "--") ?? words.endIndex
        let command: any ParsableCommand
        do {
            command = try parseAsRoot(Array(words[..<end]))
        } catch {
            throw unknownOption(in: words[..<end]) ?? error
        }
        if end == words.endIndex { return command }
        guard var run = command as? RunCommand else { return command }
        run.arguments = Array(words[(end + 1)...])
        return run
    }

    /// The error about the first option that `hire run` does not have: a mistyped one leaves its value behind as a word, of
    /// which the parser would speak instead.
    private static func unknownOption(in words: ArraySlice<String>) -> (any Error)? {
        for word in words where word.hasPrefix("--") {
            do {
                _ = try parseAsRoot(["run", "file.lua", word])
            } catch {
                if message(for: error).hasPrefix("Unknown option") { return error }
            }
        }
        return nil
    }
}

/// The verbs, one line each.
enum Verbs {
    static let all: [any ParsableCommand.Type] = [
        RunCommand.self,
        StatusCommand.self,
        TableCommand.self,
        ReportCommand.self,
        DigestCommand.self,
        VerifyCommand.self,
        ExportCommand.self,
        MergeCommand.self,
        WorkerCommand.self,
        AskCommand.self,
        ChatCommand.self,
        InspectCommand.self,
        HooksCommand.self,
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
