import HireFiles

/// What came out for one item of an ablation: metrics and measurements of its journal line, and a row of the table.
public struct VariantResult: Sendable, Equatable {
    /// The item's label.
    public var variant: String
    /// Over all questions.
    public var accuracy: Accuracy
    /// Per question type, in the task's order.
    public var byType: [Accuracy]
    /// Pictures asked about.
    public var images: Int
    /// Parameters and multiply-adds; nil for a baseline without a model.
    public var cost: PipelineCost?
    /// Wall time of an answer to all questions about one picture, per picture.
    public var secondsPerImage: Double?
    /// The most bytes of arrays held while training.
    public var trainingPeakBytes: Int?
    /// The most bytes of arrays held while answering.
    public var evaluationPeakBytes: Int?
    /// Wall time of training.
    public var trainingSeconds: Double?
    /// Mean loss of the last tenth of the steps.
    public var finalLoss: Double?
    /// Files with captured features, relative to the run's folder.
    public var shards: [String]

    /// The result of an evaluation; costs are added by whoever knows them.
    public init(_ variant: String, _ report: EvaluationReport) {
        self.variant = variant
        accuracy = report.overall
        byType = report.byType
        images = report.imageCount
        shards = []
    }

    /// What the item determines.
    public var metrics: JSONObject {
        var json: JSONObject = [
            "accuracy": .object(accuracy.json),
            "by_type": .array(byType.map { .object($0.json) }),
            "images": .integer(Int64(images)), "shards": .array(shards.map { .string($0) }),
        ]
        if let cost {
            json["cost"] = [
                "stages": .array(
                    cost.stages.map {
                        [
                            "name": .string($0.name), "parameters": .integer(Int64($0.parameters)),
                            "multiply_adds": .integer(Int64($0.multiplyAdds)),
                        ]
                    }), "parameters": .integer(Int64(cost.parameters)),
                "multiply_adds": .integer(Int64(cost.multiplyAdds)),
            ]
        }
        if let finalLoss { json["final_loss"] = .number(finalLoss) }
        return json
    }

    /// What the machine determines.
    public var measured: JSONObject {
        var json = JSONObject()
        json["seconds_per_image"] = secondsPerImage.map { .number($0) }
        json["training_seconds"] = trainingSeconds.map { .number($0) }
        json["training_peak_bytes"] = trainingPeakBytes.map { .integer(Int64($0)) }
        json["evaluation_peak_bytes"] = evaluationPeakBytes.map { .integer(Int64($0)) }
        return json
    }

    /// A result read back from the journal.
    ///
    /// - Throws: `FileError` naming `source` if the metrics are not those of an ablation.
    public init(_ label: String, _ result: ItemResult, source: String) throws {
        let (metrics, measured) = (result.metrics, result.measured)
        let source = "\(source), the result of '\(label)'"
        variant = label
        accuracy = try Accuracy(metrics.requireObject("accuracy", source: source), source: source)
        byType = try metrics.requireArray("by_type", source: source).map {
            try Accuracy($0.objectValue ?? JSONObject(), source: source)
        }
        images = try metrics.requireInt("images", source: source)
        shards = try metrics.requireStrings("shards", source: source)
        finalLoss = metrics["final_loss"]?.doubleValue
        cost = try metrics["cost"]?.objectValue.map { cost in
            PipelineCost(
                stages: try cost.requireArray("stages", source: source).map { stage in
                    let stage = stage.objectValue ?? JSONObject()
                    return PipelineCost.Stage(
                        name: try stage.requireString("name", source: source),
                        parameters: try stage.requireInt("parameters", source: source),
                        multiplyAdds: try stage.requireInt("multiply_adds", source: source))
                })
        }
        secondsPerImage = measured["seconds_per_image"]?.doubleValue
        trainingSeconds = measured["training_seconds"]?.doubleValue
        trainingPeakBytes = measured["training_peak_bytes"]?.intValue
        evaluationPeakBytes = measured["evaluation_peak_bytes"]?.intValue
    }
}

extension Accuracy {
    /// `correct` and `count`, and what follows from them: `value` and `standard_error`.
    var json: JSONObject {
        [
            "correct": .number(correct), "count": .integer(Int64(count)), "value": .number(value),
            "standard_error": .number(standardError),
        ]
    }

    /// An accuracy read back.
    init(_ json: JSONObject, source: String) throws {
        self.init(
            correct: try json.requireDouble("correct", source: source),
            count: try json.requireInt("count", source: source))
    }
}
