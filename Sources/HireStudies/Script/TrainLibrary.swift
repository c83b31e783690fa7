import HireVLM

/// `hire.train`: training a pipeline.
public enum TrainLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "train", summary: "Training of pipelines.", functions: [run])

    private static let run = ScriptFunction(
        "run", "Trains a pipeline on a task's training split (AdamW, warm-up and cosine).",
        parameters: [
            ScriptParameter("pipeline", .object("hire.Pipeline"), "What is trained, in place."),
            ScriptParameter("task", .object("hire.Task"), "What it is trained on."),
        ],
        options: TrainingParameters.training + [
            .optional(
                "checkpoint", .path,
                "A file for the state: gone on from if it exists, written at the end and on Ctrl-C."
            )
        ],
        returns: [
            ScriptResult(
                .table,
                "lists with one number per step: `loss`, `learning_rate`, `gradient_norm`, `seconds`"
            )
        ],
        example: """
            local task = hire.task.load { id = "shapes", train_images = 20, test_images = 10 }
            local model = hire.pipeline.build({
              preprocessing = { high_resolution = 32, low_resolution = 32 },
              encoder = { id = "small-vit", resolution = 32, patch = 8, width = 16 },
            }, { task = task })
            local history = hire.train.run(model, task, { steps = 2, images = 2, warmup = 0 })
            print(history.loss[#history.loss])
            """
    ) { arguments in
        let model = try arguments.object("pipeline", PipelineObject.self)
        let task = try arguments.object("task", TaskObject.self).task
        let options = try TrainingOptions.decode(
            arguments.jsonObject(
                of: TrainingParameters.training, defaults: TrainingOptions.defaults()),
            plugin: "training")
        try model.requireRunning(CheckedTexts(task, [.train]), arguments)
        let trainer = try Trainer(model.pipeline, on: task, options: options)
        let checkpoint = try arguments.optionalString("checkpoint")
        let configuration = Configuration([
            "task": .string(task.id), "recipe": .object(try model.pipeline.recipe.json()),
            "training": .object(try options.json()),
        ])
        let digest = try configuration.digest()
        if let checkpoint, try model.fileSystem.exists(checkpoint) {
            try trainer.restore(from: checkpoint, digest: digest)
            arguments.host.print("\(checkpoint): goes on at step \(trainer.step + 1).")
        }
        let save = { (trainer: Trainer) in
            if let checkpoint { try trainer.save(to: checkpoint, digest: digest) }
        }
        try trainer.run(monitor: RunMonitor(arguments.host), onInterrupt: save)
        try save(trainer)
        return [history(trainer.history)]
    }

    /// A training curve as lists of numbers.
    static func history(_ steps: [TrainingStep]) -> ScriptValue {
        .fields([
            ("loss", .list(steps.map { .number($0.loss) })),
            ("learning_rate", .list(steps.map { .number($0.learningRate) })),
            ("gradient_norm", .list(steps.map { .number($0.gradientNorm) })),
            ("seconds", .list(steps.map { .number($0.seconds) })),
        ])
    }
}
