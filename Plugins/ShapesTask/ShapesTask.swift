import HireArray
import HireFiles
import HireImaging
import HireVLM

/// Questions about drawn shapes: the colour, the shape, and whether something is there.
final class ShapesTask: Task {
    let id = "shapes"
    let questionTypes = ["colour", "shape", "yes/no"]
    let corpus: [String]
    private let configuration: ShapesTaskConfiguration
    private let scenes: [DataSplit: [ShapeScene]]
    private let questions: [DataSplit: [Sample]]

    init(_ configuration: ShapesTaskConfiguration) throws {
        for (key, value) in [
            ("train_images", configuration.trainImages), ("test_images", configuration.testImages),
            ("size", configuration.size), ("seed", configuration.seed),
        ] where value < (key == "seed" ? 0 : 1) || value > 1_000_000 {
            throw PluginError.configuration(
                plugin: "shapes", key: key, problem: "must be from 1 to 1000000, got \(value)")
        }
        self.configuration = configuration
        let root = RandomSource(seed: UInt64(configuration.seed)).named("shapes")
        var scenes: [DataSplit: [ShapeScene]] = [:]
        var questions: [DataSplit: [Sample]] = [:]
        for split in DataSplit.allCases {
            let random = root.named(split.rawValue)
            let count = split == .train ? configuration.trainImages : configuration.testImages
            let drawn = (0..<count).map {
                ShapeScene(random.indexed($0), size: configuration.size)
            }
            scenes[split] = drawn
            questions[split] = drawn.enumerated().flatMap { index, scene in
                Self.ask(scene, split, index, random.named("questions").indexed(index))
            }
        }
        self.scenes = scenes
        self.questions = questions
        corpus =
            ShapeScene.shapes + ShapeScene.colours.map(\.name) + [
                "what color is the shape?", "what shape is in the image?", "is there a shape?",
                "yes", "no",
            ]
    }

    var origin: String {
        "drawn shapes, \(configuration.trainImages + configuration.testImages) pictures"
    }

    /// The options determine every picture; questions are drawn from them too.
    func dataDigest() throws -> String {
        let made: JSONValue = ["drawn shapes, version 1", .object(try configuration.json())]
        return SHA256.hex(of: try JSONWriter(order: .sorted).string(made).utf8)
    }

    func imageCount(_ split: DataSplit) -> Int { scenes[split]?.count ?? 0 }

    func samples(_ split: DataSplit) -> [Sample] { questions[split] ?? [] }

    func image(_ split: DataSplit, at index: Int) throws -> Image {
        guard let scene = scenes[split]?[index] else {
            throw ArrayError.index(
                operation: "shapes", what: "picture", got: index,
                range: "0...\(imageCount(split) - 1)")
        }
        return try scene.drawn(size: configuration.size)
    }

    /// One question on the colour, one on the shape, four that are answered yes as often as no.
    private static func ask(
        _ scene: ShapeScene, _ split: DataSplit, _ image: Int, _ random: RandomSource
    ) -> [Sample] {
        let shape = ShapeScene.shapes[scene.shape]
        let colour = ShapeScene.colours[scene.colour].name
        var asked = [
            ("what color is the \(shape)?", colour, 0), ("what shape is in the image?", shape, 1),
        ]
        for (index, names) in [ShapeScene.shapes, ShapeScene.colours.map(\.name)].enumerated() {
            let present = index == 0 ? shape : colour
            let others = names.filter { $0 != present }
            let other = others[random.integer(below: others.count, at: index)]
            let noun = { (name: String) in index == 0 ? name : "\(name) shape" }
            asked.append(("is there a \(noun(present))?", "yes", 2))
            asked.append(("is there a \(noun(other))?", "no", 2))
        }
        return asked.enumerated().map { number, item in
            Sample(
                id: "\(split.rawValue)/\(image).\(number)", imageIndex: image, question: item.0,
                answer: item.1, type: item.2)
        }
    }
}
