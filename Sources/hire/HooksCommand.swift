import ArgumentParser
import HireArray
import HireFiles
import HireLua
import HireStudies
import HireVLM

/// `hire hooks SUBJECT`.
struct HooksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hooks",
        abstract: "List what can be captured: names, shapes, dtypes and bytes, without weights.",
        discussion: """
            Runs the model's own code on shapes alone. What repeats in every layer stands there once; the name in front of the \
            brackets is a glob that selects all of them. JSON lists every one.

            Examples:
              hire hooks llava-1.5-7b-hf
              hire hooks llava-1.5-7b-hf --only "language_model.**.probabilities" --tokens 60
              hire hooks recipe.json --only "encoder.**" --only "!**.output" --json
            """)

    @Argument(help: "A model folder, or a recipe as a .json file.")
    var subject: String

    @Option(
        help:
            "A glob over names; may be given several times, and `!` in front removes what earlier ones chose."
    )
    var only: [String] = []

    @Option(help: "Text tokens that the language model reads behind the picture.")
    var tokens = PaperCosts.textTokens

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Running") var script: ScriptOptions

    func validate() throws {
        if !(1...PaperCosts.mostTextTokens).contains(tokens) {
            throw ValidationError(
                "--tokens must be from 1 to \(PaperCosts.mostTextTokens), got \(tokens).")
        }
    }

    func run() throws {
        let state = try script.makeState(folder: "runs/hooks")
        defer { state.close() }
        let subject = try CostSubject(subject, model, highResolution: nil)
        let context = Machine.shapesContext()
        let shapes = try state.host.making(in: context) {
            try CaptureShapes(
                subject.recipe, catalog: state.host.catalog, corpus: subject.corpus, in: context,
                before: 0, after: tokens)
        }
        let rules = CaptureRules(patterns: only.isEmpty ? ["**"] : only)
        let chosen = Set(try rules.choose(among: shapes.points.map(\.name)).map(\.name))
        let points = shapes.points.filter { chosen.contains($0.name) }
        if json {
            Swift.print(
                try JSONWriter(layout: .pretty).string(Self.json(points, shapes)), terminator: "")
        } else {
            Self.printText(points, shapes)
        }
    }

    private static func json(_ points: [CaptureShapes.Point], _ shapes: CaptureShapes) -> JSONValue
    {
        [
            "image_tokens": .integer(Int64(shapes.span.image)),
            "text_tokens": .integer(Int64(shapes.span.before + shapes.span.after)),
            "bytes": .integer(Int64(points.map(\.byteCount).reduce(0, +))),
            "hooks": .array(
                points.map { point in
                    [
                        "name": .string(point.name),
                        "shape": point.shape.map { .array($0.map { .integer(Int64($0)) }) }
                            ?? .null,
                        "axes": .array(point.axes.map { .string($0) }),
                        "dtype": .string(point.dtype.shortName),
                        "bytes": .integer(Int64(point.byteCount)),
                    ]
                }),
        ]
    }

    private static func printText(_ points: [CaptureShapes.Point], _ shapes: CaptureShapes) {
        let byName = Dictionary(uniqueKeysWithValues: points.map { ($0.name, $0) })
        let lines = HookNames.collapsed(points.map(\.name)) { name in
            "\(byName[name]?.shape ?? [])"
        }
        let width = lines.map(\.name.count).max() ?? 0
        for (name, members) in lines {
            guard let point = members.first.flatMap({ byName[$0] }) else { continue }
            guard let shape = point.shape else {
                Swift.print(name.padding(to: width + 2) + "nothing passes it in this pipeline")
                continue
            }
            let total = point.byteCount * members.count
            let each = members.count == 1 ? "" : " (\(members.count) x \(bytes(point.byteCount)))"
            Swift.print(
                name.padding(to: width + 2) + point.dtype.shortName.padding(to: 5)
                    + "\(Array(shape.dropFirst()))".padding(to: 20)
                    + point.axes.joined(separator: ", ").padding(to: 24) + bytes(total) + each)
        }
        Swift.print(
            "\(points.count) hooks, \(bytes(points.map(\.byteCount).reduce(0, +))) per picture with "
                + "\(shapes.span.image) image and \(shapes.span.before + shapes.span.after) text tokens."
        )
    }
}
