import HireFiles
import HireNN
import HireVLM

extension AblationStudy {
    /// Everything that would stop the study later: each variant is built and run where nothing is computed, and its
    /// training is set up.
    ///
    /// - Returns: problems of all variants in their order, then those of the study; empty if all is well.
    public func problems() -> [StudyProblem] {
        let check = PipelineCheck(catalog, shapes: shapes)
        let texts = CheckedTexts(
            task,
            options.evaluation.split == .train ? [.train] : [.train, options.evaluation.split],
            maximumTokens: options.evaluation.maximumTokens)
        var found: [StudyProblem] = []
        var points: [String] = []
        var seen: Set<String> = []
        for part in parts where part.variant.baseline == nil {
            let variant = part.variant
            // Seeds change no shape: one of them stands for all.
            guard seen.insert("\(part.place) \(part.item.group)").inserted else { continue }
            var result = check.check(variant.recipe, texts)
            if let pipeline = result.pipeline {
                points += pipeline.capturePoints()
                _ = result.attempt { try Trainer(pipeline, on: task, options: variant.training) }
            } else {
                _ = result.attempt { try variant.training.check() }
            }
            found += result.problems.map {
                StudyProblem(variant: part.place, name: part.item.group, $0.description)
            }
        }
        // A pattern may have nothing to record in some variants, but not in all.
        for pattern in options.record where !points.isEmpty {
            do {
                if try points.contains(where: { try Self.selects(pattern, $0) }) { continue }
                found.append(
                    StudyProblem(
                        variant: nil,
                        "record: no variant has such a feature. "
                            + NearestNames.sentence(
                                kind: "capture point", name: pattern,
                                among: Array(Set(points)).sorted(), shown: 3)))
            } catch {
                found.append(StudyProblem(variant: nil, "record: \(error)"))
            }
        }
        return found
    }

    /// Whether a pattern means a capture point; one that names a layer means its output.
    static func selects(_ pattern: String, _ point: String) throws -> Bool {
        let glob = try Glob(pattern)
        return glob.matches(point)
            || (point.hasSuffix(".output") && glob.matches(String(point.dropLast(".output".count))))
    }
}
