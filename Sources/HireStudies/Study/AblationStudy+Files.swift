import Foundation
import HireArray
import HireFiles
import HireHDF5
import HireNN
import HireVLM

extension AblationStudy {
    /// Writes weights, training curve and predictions of a finished variant; returns their names in the folder.
    func write(
        _ pipeline: Pipeline, _ history: [TrainingStep], _ report: EvaluationReport,
        _ variant: Variant
    ) throws -> [String] {
        let base = "variants/\(variant.fileName)/"
        let files = ["model.safetensors", "history.csv", "predictions.jsonl"].map { base + $0 }
        let writer = AtomicWriter(fileSystem: folder.fileSystem)
        try SafetensorsFile.write(
            pipeline.stateDict(), to: folder.file(files[0]), metadata: ["format": "hire-pipeline"],
            fileSystem: folder.fileSystem)
        var text = "step,loss,learning_rate,gradient_norm,seconds\n"
        for step in history {
            text +=
                "\(step.step),\(step.loss),\(step.learningRate),\(step.gradientNorm),\(step.seconds)\n"
        }
        try writer.write(text, to: folder.file(files[1]))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var lines: [UInt8] = []
        for prediction in report.predictions { lines += try encoder.encode(prediction) + [0x0A] }
        try writer.write(lines, to: folder.file(files[2]))
        return files
    }

    /// The trained pipeline of a finished variant.
    ///
    /// - Throws: `StudyError.unknownVariant` with the nearest names, `FileError` if its weights are gone.
    public func pipeline(of name: String) throws -> Pipeline {
        let variant = try trained(name)
        let pipeline = try makePipeline(variant)
        let file = try SafetensorsFile.read(
            FilePath.join(folder.path, "variants/\(variant.fileName)/model.safetensors"),
            fileSystem: folder.fileSystem, backend: context.backend)
        try pipeline.load(FiniteWeights(file, label: file.path))
        pipeline.setTraining(false)
        return pipeline
    }

    /// The training curve of a finished variant.
    ///
    /// - Throws: as `pipeline(of:)`.
    public func history(of name: String) throws -> [TrainingStep] {
        let variant = try trained(name)
        let path = FilePath.join(folder.path, "variants/\(variant.fileName)/history.csv")
        let bytes = try folder.fileSystem.readAll(path)
        let rows = String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst()
        return try rows.enumerated().map { index, row in
            let fields = row.split(separator: ",").compactMap { Double($0) }
            guard fields.count == 5 else {
                throw FileError.badData(path, "line \(index + 2) does not hold five numbers")
            }
            return TrainingStep(
                step: Int(fields[0]), loss: fields[1], learningRate: fields[2],
                gradientNorm: fields[3],
                seconds: fields[4])
        }
    }

    /// Variants with a trained model, in order.
    public var trainedVariants: [String] { variants.filter { $0.baseline == nil }.map(\.name) }

    private func trained(_ name: String) throws -> Variant {
        let known = variants.filter { $0.baseline == nil }
        guard let variant = known.first(where: { $0.name == name }) else {
            throw StudyError.unknownVariant(
                suggestion: NearestNames.sentence(
                    kind: "variant", name: name, among: known.map(\.name)))
        }
        return variant
    }

    /// Writes `run.h5`: `/variants/<name>` stands for the shard of each variant (`/variants/<name>/<number>` where there
    /// are several), with the table's figures as attributes.
    func writeIndex() throws {
        let recorded = variants.filter { variant in
            results.contains { $0.variant == variant.name && !$0.shards.isEmpty }
        }
        guard let first = recorded.first else { return }
        let index = try HDF5Shard(name: "run.h5")
        try index.setAttributes(
            RunMetadata(
                configuration(of: first), seed: options.seed, context: context,
                fileSystem: folder.fileSystem
            ).attributes.filter { $0.0 != "config_json" && $0.0 != "config_sha256" })
        try index.makeGroup("/variants")
        for variant in recorded {
            guard let result = results.first(where: { $0.variant == variant.name }) else {
                continue
            }
            let place = "/variants/\(variant.fileName)"
            for (number, shard) in result.shards.enumerated() {
                try index.link(
                    result.shards.count == 1 ? place : "\(place)/\(number + 1)", toFile: shard,
                    object: "/")
            }
        }
        try index.write(results.map(\.variant), to: "/metrics/variant")
        try index.write(
            context.backend.array(results.map { Float($0.accuracy.value) }, [results.count]),
            to: "/metrics/accuracy", axes: ["variant"])
        try index.write(
            context.backend.array(
                results.map { Float($0.accuracy.standardError) }, [results.count]),
            to: "/metrics/standard_error", axes: ["variant"])
        try index.setAttribute("complete", 1)
        try index.write(
            to: folder.file("run.h5"), with: AtomicWriter(fileSystem: folder.fileSystem))
    }
}
