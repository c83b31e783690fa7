import HireVLM

/// The options of training and evaluation as scripts see them; `TrainingOptions` and `EvaluationOptions` check them.
enum TrainingParameters {
    static let training: [ScriptParameter] = [
        .optional("steps", .integer, "Optimiser steps.", default: "1000"),
        .optional("images", .integer, "Pictures per step.", default: "16"),
        .optional("questions", .integer, "Questions per picture and step.", default: "4"),
        .optional("accumulation", .integer, "Micro-batches averaged into one step.", default: "1"),
        .optional("learning_rate", .number, "Peak learning rate.", default: "1e-3"),
        .optional(
            "learning_rates", .table,
            "Peak learning rates by glob on parameter paths, such as `{ [\"enricher.**\"] = 1e-2 }`.",
            default: "{}"),
        .optional("weight_decay", .number, "Decoupled weight decay.", default: "0.01"),
        .optional("betas", .list(.number), "AdamW's moment decays.", default: "{ 0.9, 0.999 }"),
        .optional("warmup", .integer, "Steps of linear warm-up; a cosine follows.", default: "50"),
        .optional(
            "final_fraction", .number, "Learning rate at the end, relative to the peak.",
            default: "0"),
        .optional("clip", .number, "Largest norm of all gradients; 0 is off.", default: "1"),
        .optional(
            "freeze", .list(.string), "Globs of parameters that stay as they are.", default: "{}"),
        .optional(
            "type_weights", .table, "How often a question type is drawn, by name.", default: "{}"),
        .optional(
            "final_type_weights", .table, "What `type_weights` become in a straight line.",
            default: "{}"),
        .optional(
            "type_weight_steps", .integer, "Steps after which `final_type_weights` hold.",
            default: "0"),
        .optional(
            "blindfold", .boolean, "Image tokens are zeros: learns from questions alone.",
            default: "false"),
        .optional("seed", .integer, "Keys data order, draws and dropout.", default: "1"),
    ]

    static let evaluation: [ScriptParameter] = [
        .optional(
            "split", .choice(DataSplit.allCases.map(\.rawValue)), "The split asked about.",
            default: "\"test\""),
        .optional(
            "images", .integer, "Pictures asked about, drawn by seed; 0 means all.", default: "0"),
        .optional("batch", .integer, "Pictures per batch.", default: "32"),
        .optional("maximum_tokens", .integer, "Where an answer is cut off.", default: "8"),
        .optional("seed", .integer, "Keys the choice of pictures.", default: "1"),
        .optional("blindfold", .boolean, "Image tokens are zeros.", default: "false"),
    ]
}
