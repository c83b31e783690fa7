import HireVLM

extension ResultTable {
    /// The table of an ablation: one row per variant.
    ///
    /// - Parameter task: names the question types and where the questions come from.
    public init(_ results: [VariantResult], task: any Task) {
        var columns = [
            Column("variant", "variant", isText: true), Column("accuracy", "accuracy %"),
        ]
        for type in task.questionTypes {
            columns.append(Column(ResultTable.key(type), "\(type) %"))
        }
        columns += [
            Column("parameters", "parameters"), Column("macs_per_image", "MACs/image"),
            Column("seconds_per_image", "time/image"), Column("peak_memory_bytes", "peak memory"),
        ]
        let questions = results.map(\.accuracy.count).max() ?? 0
        let images = results.map(\.images).max() ?? 0
        self.init(
            caption:
                "\(task.origin): \(grouped(questions)) held-out questions about \(grouped(images)) pictures; "
                + "exact match by generation ± standard error; multiply-adds of one picture with one question; "
                + "time for all questions about a picture; memory while training.",
            columns: columns)
        for result in results {
            var row: [Cell] = [.text(result.variant), .share(result.accuracy)]
            row += task.questionTypes.indices.map { type in
                result.byType.indices.contains(type) && result.byType[type].count > 0
                    ? .share(result.byType[type]) : .missing
            }
            row += [
                result.cost.map { .integer($0.parameters) } ?? .missing,
                result.cost.map { .count($0.multiplyAdds) } ?? .missing,
                result.secondsPerImage.map { .seconds($0) } ?? .missing,
                result.trainingPeakBytes.map { .bytes($0) } ?? .missing,
            ]
            append(row)
        }
    }

    /// A heading as a name for programs.
    private static func key(_ title: String) -> String {
        String(title.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }
}
