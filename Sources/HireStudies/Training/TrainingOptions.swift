import HireFiles
import HireVLM

/// How a pipeline is trained; every field is an option of `train.run` and `study.ablation`.
public struct TrainingOptions: PluginConfiguration, Equatable {
    /// Optimiser steps.
    public var steps = 1000
    /// Pictures per step.
    public var images = 16
    /// Questions per picture and step; the vision part runs once for all of them.
    public var questions = 4
    /// Micro-batches of `images` pictures whose gradients are averaged into one step.
    public var accumulation = 1
    /// Peak learning rate of parameters that no pattern below names.
    public var learningRate = 1e-3
    /// Peak learning rates by glob on parameter paths; the longest pattern that matches counts.
    public var learningRates: [String: Double] = [:]
    /// Decoupled weight decay (AdamW).
    public var weightDecay = 0.01
    /// AdamW's first and second moment decay.
    public var betas = [0.9, 0.999]
    /// Steps of linear warm-up from 0; a cosine follows.
    public var warmup = 50
    /// The learning rate at the end, as a fraction of the peak.
    public var finalFraction = 0.0
    /// Largest norm of all gradients together; larger ones are scaled down, 0 switches it off.
    public var clip = 1.0
    /// Globs of parameters that stay as they are.
    public var freeze: [String] = []
    /// How often a question type is drawn relative to others (1 where none is given), by its name.
    public var typeWeights: [String: Double] = [:]
    /// What `typeWeights` become, in a straight line over the first `typeWeightSteps` steps; empty: they stay.
    public var finalTypeWeights: [String: Double] = [:]
    /// Steps after which `finalTypeWeights` hold.
    public var typeWeightSteps = 0
    /// Trains without seeing: image tokens are zeros, and what is learned is what questions give away.
    public var blindfold = false
    /// Keys data order, draws and dropout.
    public var seed = 1

    enum CodingKeys: String, CodingKey {
        case steps, images, questions, accumulation
        case learningRate = "learning_rate"
        case learningRates = "learning_rates"
        case weightDecay = "weight_decay"
        case betas, warmup
        case finalFraction = "final_fraction"
        case clip, freeze
        case typeWeights = "type_weights"
        case finalTypeWeights = "final_type_weights"
        case typeWeightSteps = "type_weight_steps"
        case blindfold, seed
    }

    /// The defaults.
    public init() {}

    /// Checks that values make sense.
    ///
    /// - Throws: `PluginError.configuration` naming the option.
    public func check() throws {
        let positive = [
            ("steps", steps), ("images", images), ("questions", questions),
            ("accumulation", accumulation),
        ]
        for (key, value) in positive where value < 1 {
            throw problem(key, "must be at least 1, got \(value)")
        }
        let bounded = [
            ("steps", steps, 1 << 40), ("images", images, 1 << 20),
            ("questions", questions, 1 << 12), ("accumulation", accumulation, 1 << 12),
            ("warmup", warmup, 1 << 40), ("type_weight_steps", typeWeightSteps, 1 << 40),
        ]
        for (key, value, most) in bounded where value > most {
            throw problem(key, "must be at most \(most), got \(value)")
        }
        let rates = [("learning_rate", learningRate)] + learningRates.sorted { $0.key < $1.key }
        for (key, value) in rates where !(value >= 0 && value.isFinite) {
            throw problem(key, "must be a finite number from 0, got \(value)")
        }
        for (name, weights) in [
            ("type_weights", typeWeights), ("final_type_weights", finalTypeWeights),
        ] {
            for (key, value) in weights.sorted(by: { $0.key < $1.key })
            where !(value >= 0 && value.isFinite) {
                throw problem("\(name).\(key)", "must be a finite number from 0, got \(value)")
            }
        }
        guard typeWeightSteps >= 0 else {
            throw problem("type_weight_steps", "must be at least 0, got \(typeWeightSteps)")
        }
        guard betas.count == 2, betas.allSatisfy({ (0..<1).contains($0) }) else {
            throw problem("betas", "must be two numbers in [0, 1)")
        }
        guard warmup >= 0 else { throw problem("warmup", "must be at least 0, got \(warmup)") }
        guard seed >= 0 else { throw problem("seed", "must be at least 0, got \(seed)") }
        guard weightDecay >= 0, clip >= 0, (0...1).contains(finalFraction) else {
            throw problem(
                weightDecay < 0 ? "weight_decay" : clip < 0 ? "clip" : "final_fraction",
                "is out of its range")
        }
    }

    /// The weights of a task's question types, in its order, and how they change; counted in batches.
    ///
    /// - Throws: `PluginError.unknownKey` for a type that the task does not have.
    public func weights(for types: [String]) throws -> BatchPlan.Weights {
        for name in (Array(typeWeights.keys) + finalTypeWeights.keys).sorted()
        where !types.contains(name) {
            throw PluginError.unknownKey(
                plugin: "training",
                suggestion: NearestNames.sentence(kind: "question type", name: name, among: types))
        }
        let first = types.map { typeWeights[$0] ?? 1 }
        if finalTypeWeights.isEmpty { return BatchPlan.Weights(first) }
        return BatchPlan.Weights(
            first, to: types.map { finalTypeWeights[$0] ?? 1 }, over: typeWeightSteps * accumulation
        )
    }

    private func problem(_ key: String, _ problem: String) -> PluginError {
        .configuration(plugin: "training", key: key, problem: problem)
    }
}
