import HireFiles
import HireVLM

/// Items and results of studies as scripts see them.
enum StudyResults {
    /// The results of finished items.
    static func values(of study: StudyObject) throws -> [ScriptValue] {
        let finished = study.outcome.items.filter { $0.state == .done }
        guard let ablation = study.plan as? AblationStudy else {
            return finished.map { status in
                let result = status.result ?? ItemResult()
                return .fields(
                    common(status.item) + [
                        ("metrics", ScriptValue(.object(result.metrics))),
                        ("measured", ScriptValue(.object(result.measured))),
                    ])
            }
        }
        return zip(finished, try ablation.results).map { status, result in
            .fields(
                common(status.item) + fields(result, ablation.task.questionTypes))
        }
    }

    /// An item and how far it is.
    static func value(_ status: ItemStatus) -> ScriptValue {
        let item = status.item
        return .fields(
            common(item) + [
                ("label", .string(item.label)), ("id", .string(item.id)),
                ("variant", .string(item.variant)), ("state", .string(status.state.rawValue)),
                ("folder", .string(item.folder)),
            ])
    }

    private static func common(_ item: StudyItem) -> [(String, ScriptValue)] {
        var fields: [(String, ScriptValue)] = [
            ("item", .string(item.label)), ("group", .string(item.group)),
            ("axes", ScriptValue(.object(item.axes))),
        ]
        if let seed = item.seed { fields.append(("seed", .integer(seed))) }
        return fields
    }

    private static func fields(_ result: VariantResult, _ types: [String]) -> [(
        String, ScriptValue
    )] {
        var fields: [(String, ScriptValue)] = [("variant", .string(result.variant))]
        fields += EvaluateLibrary.fields(result.accuracy)
        fields.append(
            (
                "types",
                .fields(
                    zip(types, result.byType).map { ($0, .fields(EvaluateLibrary.fields($1))) })
            ))
        let optional: [(String, ScriptValue?)] = [
            ("parameters", result.cost.map { .integer($0.parameters) }),
            ("macs", result.cost.map { .integer($0.multiplyAdds) }),
            ("seconds_per_image", result.secondsPerImage.map { .number($0) }),
            ("training_seconds", result.trainingSeconds.map { .number($0) }),
            ("peak_bytes", result.trainingPeakBytes.map { .integer($0) }),
            ("final_loss", result.finalLoss.map { .number($0) }),
        ]
        for (name, value) in optional { if let value { fields.append((name, value)) } }
        return fields
    }
}
