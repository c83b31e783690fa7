import HireVLM

/// A task in a script's hands.
public final class TaskObject: ScriptObject {
    /// The task.
    public let task: any Task

    /// A handle on a task.
    public init(_ task: any Task) { self.task = task }

    /// One line for `tostring`.
    public var scriptDescription: String { "task \(task.id) (\(task.origin))" }

    private static let split = ScriptParameter.optional(
        "split", .choice(DataSplit.allCases.map(\.rawValue)), "Which part of the data.",
        default: "\"test\"")

    /// Methods and properties.
    public static let scriptClass = ScriptClass(
        name: "hire.Task", summary: "Pictures with questions and answers.",
        methods: [
            ScriptFunction(
                "counts", "How many pictures and questions a split has.", options: [split],
                returns: [ScriptResult(.table, "`images` and `questions`")]
            ) { arguments in
                let (task, split) = try read(arguments)
                return [
                    .fields([
                        ("images", .integer(task.imageCount(split))),
                        ("questions", .integer(task.samples(split).count)),
                    ])
                ]
            },
            ScriptFunction(
                "sample", "One question.",
                parameters: [ScriptParameter("index", .index, "Its place in the split.")],
                options: [split],
                returns: [
                    ScriptResult(.table, "`id`, `image`, `question`, `answer` and `type`")
                ]
            ) { arguments in
                let (task, split) = try read(arguments)
                let samples = task.samples(split)
                let sample = samples[try place(arguments, among: samples.count, "questions")]
                return [
                    .fields([
                        ("id", .string(sample.id)), ("image", .integer(sample.imageIndex + 1)),
                        ("question", .string(sample.question)), ("answer", .string(sample.answer)),
                        ("type", .string(task.questionTypes[sample.type])),
                    ])
                ]
            },
            ScriptFunction(
                "image", "One picture.",
                parameters: [ScriptParameter("index", .index, "Its place in the split.")],
                options: [split], returns: [ScriptResult(.object("hire.Image"), "the picture")]
            ) { arguments in
                let (task, split) = try read(arguments)
                let index = try place(arguments, among: task.imageCount(split), "pictures")
                return [.object(ImageObject(try task.image(split, at: index)))]
            },
        ],
        properties: [
            ScriptProperty("id", .string, "The id it was loaded by.") {
                .string(task(of: $0).id)
            },
            ScriptProperty("origin", .string, "Where the data came from.") {
                .string(task(of: $0).origin)
            },
            ScriptProperty("question_types", .list(.string), "Names of the question types.") {
                .list(task(of: $0).questionTypes.map { .string($0) })
            },
        ])

    private static func task(of object: any ScriptObject) -> any Task {
        guard let object = object as? TaskObject else {
            preconditionFailure("A property of hire.Task was read from another class.")
        }
        return object.task
    }

    private static func read(_ arguments: ScriptArguments) throws -> (any Task, DataSplit) {
        let name = try arguments.string("split", default: DataSplit.test.rawValue)
        return (arguments.receiver(TaskObject.self).task, DataSplit(rawValue: name) ?? .test)
    }

    /// The index counted from zero; negative ones count from the end.
    private static func place(_ arguments: ScriptArguments, among count: Int, _ noun: String) throws
        -> Int
    {
        let index = try arguments.integer("index")
        let place = index < 0 ? count + index : index
        guard (0..<count).contains(place) else {
            throw ScriptError.message(
                "\(arguments.function): index must be from 1 to \(count) (the split's \(noun)), got "
                    + "\(index < 0 ? index : index + 1).")
        }
        return place
    }
}
