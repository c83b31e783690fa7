import HireArray
import HireImaging
import HireTensor
import HireVLM

/// What all pictures of numbers on a grid have in common: options, colours, scale.
enum HeatPictureArguments {
    static func options(colors: String, side: Int = 256) -> [ScriptParameter] {
        [
            .optional(
                "alpha", .number, "How much the colours cover the picture, from 0 to 1.",
                default: "0.6"),
            .optional(
                "colours", .choice(ColorMap.allCases.map(\.rawValue)), "The colours.",
                default: colors),
            .optional("low", .number, "The number of the first colour.", default: "the smallest"),
            .optional("high", .number, "The number of the last colour.", default: "the largest"),
            .optional(
                "smooth", .boolean, "Whether numbers are blended between positions.",
                default: "false"),
            .optional("side", .integer, "The longer side in pixels, at least.", default: "\(side)"),
            .optional(
                "bar", .boolean, "Whether a colour bar stands beside the picture.",
                default: "false"),
            .optional("label", .string, "What the numbers are, beside the bar."),
        ]
    }

    static let sample = ScriptParameter.optional(
        "sample", .index, "Which picture of the batch.", default: "1")

    static let results = [
        ScriptResult(.object("hire.Image"), "the drawing"),
        ScriptResult(
            .table, "its scale (`colours`, `low`, `high`, `label`), as `sheet` takes it in `bars`"),
    ]

    /// The drawing and its scale.
    static func drawn(
        _ values: [Double], _ grid: SIMD2<Int>, _ arguments: ScriptArguments, colors: ColorMap,
        range: ClosedRange<Double>? = nil, label: String, picture: Image?,
        marks: [SIMD2<Int>] = []
    ) throws -> [ScriptValue] {
        let named = try arguments.string("colours", default: colors.rawValue)
        var heat = HeatPicture(values, grid: grid, ColorMap(rawValue: named) ?? colors)
        let natural = range ?? heat.range
        let low = try arguments.number("low", default: natural.lowerBound)
        let high = try arguments.number("high", default: max(natural.upperBound, low))
        guard low <= high, (high - low).isFinite else {
            throw ScriptError.message(
                "\(arguments.function): low and high must be finite and low not above high, got \(low) and "
                    + "\(high).")
        }
        let opacity = try arguments.number("alpha", default: 0.6)
        guard (0...1).contains(opacity) else {
            throw ScriptError.message(
                "\(arguments.function): alpha must be from 0 to 1, got \(opacity).")
        }
        heat.range = low...high
        heat.label = try arguments.string("label", default: label)
        heat.picture = picture
        heat.opacity = opacity
        heat.isSmooth = try arguments.boolean("smooth", default: false)
        heat.side = try arguments.integer("side", default: 256)
        heat.marks = marks
        let hasBar = try arguments.boolean("bar", default: false)
        let image = try hasBar ? heat.imageWithBar() : heat.image()
        return [
            .object(ImageObject(image)),
            .fields([
                ("colours", .string(heat.colors.rawValue)), ("low", .number(low)),
                ("high", .number(high)), ("label", .string(heat.label)),
            ]),
        ]
    }

    /// One picture's map out of a batch: [1, C, H, W].
    static func map(_ name: String, _ arguments: ScriptArguments) throws -> Tensor {
        let map = try arguments.tensor(name)
        guard map.rank == 4 else {
            throw ScriptError.message(
                "\(arguments.function): \(name) must be a map [N, C, H, W], got \(map.shape).")
        }
        return try one(map, arguments)
    }

    /// The chosen sample of a batch, as a batch of one.
    static func one(_ batch: Tensor, _ arguments: ScriptArguments) throws -> Tensor {
        var sample = try arguments.integer("sample", default: 0)
        if sample < 0 { sample += batch.shape[0] }
        guard (0..<batch.shape[0]).contains(sample) else {
            throw ScriptError.message(
                "\(arguments.function): sample must be from 1 to \(batch.shape[0]), got \(sample + 1)."
            )
        }
        return try batch.slice(0, sample, sample + 1)
    }

    /// A scale as `sheet` takes it.
    static func bar(_ item: ScriptValue, _ arguments: ScriptArguments) throws -> ColorBar {
        func field(_ name: String) -> ScriptValue {
            guard case .table(let fields) = item else { return .none }
            return fields.first { $0.key == name }?.value ?? .none
        }
        func number(_ name: String) -> Double? {
            switch field(name) {
            case .integer(let integer): Double(integer)
            case .number(let number): number
            default: nil
            }
        }
        guard case .string(let name) = field("colours"), let colors = ColorMap(rawValue: name),
            let low = number("low"), let high = number("high"), low <= high,
            (high - low).isFinite
        else {
            throw ScriptError.message(
                "\(arguments.function): each of bars must have `colours` (one of "
                    + "\(ColorMap.allCases.map(\.rawValue).joined(separator: ", "))), `low` and `high`, as the heat "
                    + "maps of this library give them.")
        }
        var label = ""
        if case .string(let text) = field("label") { label = text }
        return ColorBar(colors, range: low...high, label: label)
    }
}
