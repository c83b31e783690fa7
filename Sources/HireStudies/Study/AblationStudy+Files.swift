import HireArray
import HireFiles
import HireHDF5
import HireNN
import HireVLM

extension AblationStudy {
    private static let weightsName = "model.safetensors"
    private static let historyName = "history.csv"
    private static let timesName = "measured.csv"

    /// Writes weights, training curve and predictions of an item; returns their names in the run's folder.
    func write(
        _ pipeline: Pipeline, _ history: [TrainingStep], _ report: EvaluationReport,
        _ item: StudyItem, in folder: RunFolder
    ) throws -> [String] {
        let names = [Self.weightsName, Self.historyName, Self.timesName].map {
            "\(item.folder)/\($0)"
        }
        let writer = AtomicWriter(fileSystem: folder.fileSystem)
        try SafetensorsFile.write(
            pipeline.stateDict(), to: folder.file(names[0]), metadata: ["format": "hire-pipeline"],
            fileSystem: folder.fileSystem)
        var curve = "step,loss,learning_rate,gradient_norm\n"
        var times = "step,seconds\n"
        for step in history {
            curve += "\(step.step),\(step.loss),\(step.learningRate),\(step.gradientNorm)\n"
            times += "\(step.step),\(step.seconds)\n"
        }
        try writer.write(curve, to: folder.file(names[1]))
        try writer.write(times, to: folder.file(names[2]))
        return names + [try write(report, item, in: folder)]
    }

    /// Writes every answer, one line per question.
    func write(_ report: EvaluationReport, _ item: StudyItem, in folder: RunFolder) throws
        -> String
    {
        let name = "\(item.folder)/\(SampleLines.fileName)"
        let lines = report.predictions.map { prediction -> JSONObject in
            [
                "id": .string(prediction.sample), "image": .integer(Int64(prediction.image)),
                "question": .string(prediction.question), "expected": .string(prediction.expected),
                "answer": .string(prediction.answer), "type": .string(prediction.type),
                "grade": .number(prediction.grade),
            ]
        }
        try SampleLines.write(lines, to: folder.file(name), folder.fileSystem)
        return name
    }

    /// The trained pipeline of a finished item.
    ///
    /// - Parameter name: the item's label or id.
    /// - Throws: `StudyError.unknownItem` with the nearest labels, `.unfinished`, `FileError` if its weights are gone.
    public func pipeline(of name: String) throws -> Pipeline {
        let part = try trained(name)
        let random = context.random
        defer { context.resetStreams(random) }
        let pipeline = try makePipeline(part)
        let file = try SafetensorsFile.read(
            folder.location("\(part.item.folder)/\(Self.weightsName)"),
            fileSystem: folder.fileSystem, backend: context.backend)
        try pipeline.load(FiniteWeights(file, label: file.path))
        pipeline.setTraining(false)
        return pipeline
    }

    /// The training curve of a finished item.
    ///
    /// - Throws: as `pipeline(of:)`.
    public func history(of name: String) throws -> [TrainingStep] {
        let part = try trained(name)
        let curve = try rows("\(part.item.folder)/\(Self.historyName)", columns: 4)
        let times = try rows("\(part.item.folder)/\(Self.timesName)", columns: 2)
        return curve.enumerated().map { index, row in
            TrainingStep(
                step: Int(row[0]), loss: row[1], learningRate: row[2], gradientNorm: row[3],
                seconds: times.indices.contains(index) ? times[index][1] : 0)
        }
    }

    private func rows(_ name: String, columns: Int) throws -> [[Double]] {
        let path = folder.location(name)
        let bytes = try folder.fileSystem.readAll(path)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
        return try lines.enumerated().map { index, line in
            let fields = line.split(separator: ",").compactMap { Double($0) }
            guard fields.count == columns else {
                throw FileError.badData(
                    path, "line \(index + 2) does not hold \(columns) numbers")
            }
            return fields
        }
    }

    /// Labels of the items with a trained model, in order.
    public var trainedItems: [String] {
        parts.filter { $0.variant.baseline == nil }.map(\.item.label)
    }

    private func trained(_ name: String) throws -> AblationItem {
        let known = parts.filter { $0.variant.baseline == nil }
        guard let part = known.first(where: { $0.item.label == name || $0.item.id == name }) else {
            throw StudyError.unknownItem(
                suggestion: NearestNames.sentence(
                    kind: "item", name: name, among: known.map(\.item.label)))
        }
        if let status = statuses.first(where: { $0.item.id == part.item.id }),
            status.state != .done
        {
            throw StudyError.unfinished(item: name, state: status.state.rawValue)
        }
        return part
    }

    /// Writes `run.h5`: `/items/<label>` stands for the shard of each item (`/items/<label>/<number>` where there are
    /// several), with the table's figures beside them.
    func writeIndex() throws {
        let results = try results
        let recorded = results.filter { !$0.shards.isEmpty }
        guard let first = recorded.first,
            let part = parts.first(where: { $0.item.label == first.variant })
        else { return }
        let index = try HDF5Shard(name: "run.h5")
        try index.setAttributes(
            RunMetadata(
                part.item.configuration, seed: part.seed, context: context,
                fileSystem: folder.fileSystem
            ).attributes.filter { !["config_json", "config_sha256", "seed"].contains($0.0) })
        try index.makeGroup("/items")
        for result in recorded {
            // A slash in a name would be a group of its own.
            let place = "/items/" + result.variant.replacing("/", with: "-")
            for (number, shard) in result.shards.enumerated() {
                try index.link(
                    result.shards.count == 1 ? place : "\(place)/\(number + 1)", toFile: shard,
                    object: "/")
            }
        }
        try index.write(results.map(\.variant), to: "/metrics/item")
        try index.write(
            context.backend.array(results.map { Float($0.accuracy.value) }, [results.count]),
            to: "/metrics/accuracy", axes: ["item"])
        try index.write(
            context.backend.array(
                results.map { Float($0.accuracy.standardError) }, [results.count]),
            to: "/metrics/standard_error", axes: ["item"])
        try index.setAttribute("complete", 1)
        try index.write(
            to: folder.file("run.h5"), with: AtomicWriter(fileSystem: folder.fileSystem))
    }
}
