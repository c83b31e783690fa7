import HireFiles
import HireVLM

/// `hire.task`: pictures with questions.
public enum TaskLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "task", summary: "Pictures with questions and answers to train and test on.",
        functions: [load, list], classes: [TaskObject.scriptClass])

    private static let load = ScriptFunction(
        "load", "Loads a task by id.",
        parameters: [
            ScriptParameter(
                "task", .either([.string, .table]),
                "The id, or a table with `id` and the task's own options.")
        ],
        returns: [ScriptResult(.object("hire.Task"), "the task")],
        example: """
            local task = hire.task.load { id = "shapes", train_images = 20, test_images = 10 }
            print(task:sample(1).question)
            """
    ) { arguments in
        let choice = try PluginChoice(arguments.value("task").json("task"), for: .task)
        return [.object(TaskObject(try arguments.host.catalog.makeTask(choice)))]
    }

    private static let list = ScriptFunction(
        "list", "The ids of all tasks.", returns: [ScriptResult(.list(.string), "the ids")],
        example: "print(table.concat(hire.task.list(), \", \"))"
    ) { arguments in
        [.list(arguments.host.catalog.list(.task).map { .string($0.manifest.id) })]
    }
}
