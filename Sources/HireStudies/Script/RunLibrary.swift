import HireFiles
import HireVLM

/// `hire.run`: reading what a study left, without its script.
public enum RunLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "run", summary: "Reads a run's folder, also one that is still being worked on.",
        functions: [open], classes: [RunObject.scriptClass])

    private static let open = ScriptFunction(
        "open", "Opens a run's folder as it is at this moment.",
        parameters: [ScriptParameter("folder", .path, "The folder, as `--out` named it.")],
        returns: [ScriptResult(.object("hire.Run"), "the run")],
        example: """
            local ok, run = pcall(hire.run.open, "runs/quickstart")
            if ok then run:table():print() end
            """
    ) { arguments in
        let folder = RunFolder(try arguments.string("folder"))
        return [.object(RunObject(try folder.contents()))]
    }
}
