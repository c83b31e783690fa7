import Builtin
import Foundation
import HireArray
import HireFiles
import HireNN
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// The tables of docs/parity.md for model folders and language models: how far every number is from PyTorch's.
@Suite struct ParityTableTests {
    private func text() throws -> String {
        let context = ModelFolderGolden.context()
        var lines = [
            "# Parity with PyTorch", "",
            "Random tiny models of the real classes, made by `Tests/Goldens/generate` with PyTorch and transformers; the "
                + "error is max |ours - theirs| / max |theirs| in float32. Written by `make goldens`, checked by `make test`, "
                + "which accepts 1e-4.", "",
            "## Whole folders", "",
            "| folder | pixels | features | image tokens | prompt ids | logits | greedy ids |",
            "|---|--:|--:|--:|---|--:|---|",
        ]
        for golden in ModelFolderGolden.all { lines.append(try row(golden, context)) }
        lines += [
            "",
            "`pixels` counts float32 values that differ (by one unit in the last place at most).",
            "",
            "## Language models", "", "| model | hidden states | logits |", "|---|--:|--:|",
        ]
        for name in LanguageGolden.names { lines.append(try languageRow(name)) }
        lines += [
            "",
            "Vision towers by themselves are compared state by state in Tests/VisionTests (CLIP with both activations, "
                + "SigLIP, DINOv2 with GELU, SwiGLU and registers, at their own and at other resolutions, 1e-5), tokenizers "
                + "id by id on up to 10,000 strings in Tests/SubwordTokenizerTests, generation in Tests/HireVLMTests/Generation.",
            "",
            "With weights stored in bfloat16 the same models stay within 2e-2 of the float32 result. That bound depends on "
                + "the weights: rounding them moves a badly conditioned model further, here as in PyTorch.",
            "",
        ]
        return lines.joined(separator: "\n")
    }

    private func shown(_ error: Double) -> String {
        error == 0 ? "0" : String(format: "%.0e", error)
    }

    private func row(_ golden: ModelFolderGolden, _ context: Context) throws -> String {
        let pipeline = try golden.load(in: context)
        let arrays = try golden.golden(in: context)
        return try context.withoutGradients {
            let views = try pipeline.views(of: [ModelFolderGolden.picture()])
            let differing = zip(try views.high.floats(), try arrays.tensor("pixels").floats())
                .filter { $0 != $1 }.count
            let features = try relativeError(
                pipeline.enrichedFeatures(views).sequence().array, arrays.tensor("features"))
            let tokens = try relativeError(
                pipeline.imageTokens(views).array, arrays.tensor("tokens"))
            let logits = try relativeError(
                golden.logits(pipeline, in: context).array, arrays.tensor("logits"))
            let prompted = try pipeline.prompted(ModelFolderGolden.question)
            let sameIDs =
                try prompted.before == arrays.tensor("before").integers()
                && prompted.after == arrays.tensor("after").integers()
            let wanted = try arrays.tensor("greedy").integers()
            let answer = try pipeline.ask(
                ModelFolderGolden.picture(), ModelFolderGolden.question,
                options: GenerationOptions(maximumTokens: wanted.count))
            let sameAnswer = answer.ids == Array(wanted.prefix(answer.ids.count))
            return "| \(golden.name) | \(differing) | \(shown(features)) | \(shown(tokens)) | "
                + "\(sameIDs ? "equal" : "differ") | \(shown(logits)) | \(sameAnswer ? "equal" : "differ") |"
        }
    }

    private func languageRow(_ name: String) throws -> String {
        let golden = try LanguageGolden(name, in: LanguageBackend.cpu.context())
        let model = try golden.model()
        return try golden.context.withoutGradients {
            var worst = 0.0
            let layers = try golden.config.requireInt("num_hidden_layers", source: name)
            let watch = try model.capture(["model.layers.*.output"]) { path, tensor in
                let parts = path.split(separator: ".")
                guard let layer = parts.dropLast().last.flatMap({ Int($0) }), layer < layers - 1
                else { return }
                // The last state in transformers' list is behind the final norm.
                worst = max(worst, try relativeError(tensor, golden.tensor("hidden.\(layer + 1)")))
            }
            defer { watch.cancel() }
            let logits = try model(LanguageModelInput(embeddings: model.embed(golden.ids())))
            let error = try relativeError(logits, golden.tensor("logits"))
            return "| \(name) | \(shown(worst)) | \(shown(error)) |"
        }
    }

    @Test func theTableIsUpToDate() throws {
        let text = try text()
        try ParityPage.check(.models, text)
        #expect(!text.contains("differ |"))
    }
}
