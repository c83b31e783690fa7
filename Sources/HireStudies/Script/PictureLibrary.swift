import HireArray
import HireImaging
import HireTensor
import HireVLM

/// `hire.picture`: drawings of features, kernels and results.
public enum PictureLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "picture", summary: "Feature maps, kernels, curves, bars and sheets as pictures.",
        functions: [pca, kernels, curves, bars, sheet] + maps, classes: [PCABasisObject.scriptClass]
    )

    private static let title = ScriptParameter.optional(
        "title", .string, "The heading.", default: "\"\"")
    private static let picture = ScriptResult(.object("hire.Image"), "the drawing")

    private static let pca = ScriptFunction(
        "pca",
        "Feature maps as colours: their three principal components become red, green and blue, with one basis and one "
            + "scale for all maps.",
        parameters: [
            ScriptParameter("maps", .list(.tensor), "Maps [N, C, H, W] with the same C.")
        ],
        options: [
            .optional(
                "percentile", .number, "Percent of positions that may saturate at either end.",
                default: "2")
        ],
        returns: [
            ScriptResult(.list(.any), "for each map a list of N pictures, one pixel per position")
        ],
        example: """
            local map = hire.tensor.randn({ 1, 8, 4, 4 })
            print(hire.picture.pca({ map, map * 2 })[1][1])
            """
    ) { arguments in
        let maps = try tensors(arguments, "maps")
        let pca = try FeaturePCA(maps, percentile: arguments.number("percentile", default: 2))
        return [
            .list(
                try maps.map { map in
                    .list(try pca.images(map).map { .object(ImageObject($0)) })
                })
        ]
    }

    private static let kernels = ScriptFunction(
        "kernels", "Bilateral kernels at some pixels, as tiles beside the picture.",
        parameters: [
            ScriptParameter("image", .object("hire.Image"), "The picture."),
            ScriptParameter(
                "kernel", .tensor,
                "[1, taps, H, W], as the capture point `enricher.stages.*.kernel` gives."),
        ],
        options: [
            .optional(
                "points", .list(.list(.number)), "Places (x, y) in the picture, from 0 to 1.",
                default: "five where the kernel is unusual and one where it is not"),
            .optional("side", .integer, "Height in pixels.", default: "256"),
        ],
        returns: [picture]
    ) { arguments in
        var points: [SIMD2<Double>] = []
        for point in try arguments.list("points") {
            guard case .list(let pair) = point, pair.count == 2, let x = number(pair[0]),
                let y = number(pair[1])
            else { throw arguments.mismatch("points", "a list of pairs { x, y } from 0 to 1") }
            points.append(SIMD2(x, y))
        }
        let kernel = try arguments.tensor("kernel")
        if points.isEmpty { points = try KernelPicture.strikingPoints(kernel) }
        return [
            .object(
                ImageObject(
                    try KernelPicture.drawn(
                        arguments.object("image", ImageObject.self).image, kernel,
                        points: points, side: arguments.integer("side", default: 256))))
        ]
    }

    private static let curves = ScriptFunction(
        "curves", "Curves over their position, such as losses over steps.",
        parameters: [
            ScriptParameter(
                "series", .list(.table), "Tables with `name` and `values` (a list of numbers).")
        ],
        options: [
            title, .optional("x", .string, "The horizontal axis.", default: "\"step\""),
            .optional("y", .string, "The vertical axis.", default: "\"\""),
            .optional(
                "log", .boolean, "Whether the vertical axis is logarithmic.", default: "false"),
            .optional("smooth", .integer, "Values averaged into one point.", default: "1"),
        ],
        returns: [picture],
        example:
            "print(hire.picture.curves({ { name = \"a\", values = { 3, 2, 1 } } }, { y = \"loss\" }))"
    ) { arguments in
        let smooth = max(try arguments.integer("smooth", default: 1), 1)
        let series = try arguments.list("series").enumerated().map { index, item in
            let (name, values) = try named(item, "series[\(index + 1)]", arguments)
            let points = stride(from: 0, to: values.count, by: smooth).map { start in
                let part = values[start..<min(start + smooth, values.count)]
                return (
                    x: Double(start) + Double(part.count + 1) / 2,
                    y: part.reduce(0, +) / Double(part.count)
                )
            }
            return LinePlot.Series(name, points)
        }
        var plot = LinePlot(
            title: try arguments.string("title", default: ""),
            xLabel: try arguments.string("x", default: "step"),
            yLabel: try arguments.string("y", default: ""), series: series)
        plot.hasLogarithmicY = try arguments.boolean("log", default: false)
        return [.object(ImageObject(try plot.image(), svg: try plot.svg()))]
    }

    private static let bars = ScriptFunction(
        "bars", "Bars in groups, such as accuracies per question type and variant.",
        parameters: [
            ScriptParameter("categories", .list(.string), "The names under the groups."),
            ScriptParameter(
                "series", .list(.table),
                "Tables with `name`, `values` (a number per category) and, if wanted, `errors`."),
        ],
        options: [title, .optional("y", .string, "The vertical axis.", default: "\"\"")],
        returns: [picture],
        example:
            "print(hire.picture.bars({ \"a\", \"b\" }, { { name = \"one\", values = { 1, 2 } } }))"
    ) { arguments in
        let series = try arguments.list("series").enumerated().map { index, item in
            let (name, values) = try named(item, "series[\(index + 1)]", arguments)
            return BarPlot.Series(name, values, errors: numbers(field(item, "errors")) ?? [])
        }
        var plot = BarPlot(
            title: try arguments.string("title", default: ""),
            yLabel: try arguments.string("y", default: ""),
            categories: try arguments.strings("categories"), series: series)
        // Numbers over narrow bars would cover each other.
        plot.showsValues = plot.series.count * plot.categories.count <= 16
        return [.object(ImageObject(try plot.image(), svg: try plot.svg()))]
    }

    private static let sheet = ScriptFunction(
        "sheet", "Pictures in rows and columns with names.",
        parameters: [
            ScriptParameter(
                "rows", .list(.list(.object("hire.Image"))), "The pictures, one list per row.")
        ],
        options: [
            title, .optional("columns", .list(.string), "Names above the columns.", default: "{}"),
            .optional("names", .list(.string), "Names left of the rows.", default: "{}"),
            .optional("side", .integer, "Longer side of a cell in pixels.", default: "180"),
            .optional(
                "bars", .list(.table),
                "Colour bars right of the pictures: tables with `colours`, `low`, `high` and, if wanted, `label`.",
                default: "{}"),
        ],
        returns: [picture]
    ) { arguments in
        let rows = try arguments.list("rows").map { row -> [Image?] in
            guard case .list(let cells) = row else {
                throw arguments.mismatch("rows", "lists of pictures")
            }
            return cells.map { cell in
                if case .object(let object) = cell { (object as? ImageObject)?.image } else { nil }
            }
        }
        var sheet = ImageSheet(
            title: try arguments.string("title", default: ""),
            rowLabels: try arguments.strings("names"),
            columnLabels: try arguments.strings("columns"), rows: rows)
        sheet.cellSide = try arguments.integer("side", default: 180)
        sheet.colorBars = try arguments.list("bars").map {
            try HeatPictureArguments.bar($0, arguments)
        }
        return [.object(ImageObject(try sheet.image()))]
    }

    static func tensors(_ arguments: ScriptArguments, _ name: String) throws -> [Tensor] {
        try arguments.list(name).map { item in
            guard case .tensor(let tensor) = item else {
                throw arguments.mismatch(name, "a list of tensors")
            }
            return tensor
        }
    }

    static func number(_ value: ScriptValue) -> Double? {
        switch value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    private static func numbers(_ value: ScriptValue?) -> [Double]? {
        guard case .list(let items)? = value else { return nil }
        let found = items.compactMap(number)
        return found.count == items.count ? found : nil
    }

    private static func field(_ table: ScriptValue, _ name: String) -> ScriptValue? {
        guard case .table(let fields) = table else { return nil }
        return fields.first { $0.key == name }?.value
    }

    private static func named(_ item: ScriptValue, _ place: String, _ arguments: ScriptArguments)
        throws
        -> (String, [Double])
    {
        guard case .string(let name)? = field(item, "name"),
            let values = numbers(field(item, "values"))
        else {
            throw ScriptError.message(
                "\(arguments.function): \(place) must have a 'name' and a list of numbers 'values'."
            )
        }
        return (name, values)
    }
}
