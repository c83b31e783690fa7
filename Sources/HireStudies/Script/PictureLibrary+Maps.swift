import HireArray
import HireImaging
import HireTensor
import HireVLM

extension PictureLibrary {
    static let maps = [pcaBasis, similarity, difference, overlay, attention]

    private static let over = ScriptParameter.optional(
        "image", .object("hire.Image"), "The picture beneath.", default: "none")
    private static let map = ScriptParameter("map", .tensor, "[N, C, H, W].")

    private static let pcaBasis = ScriptFunction(
        "pca_basis",
        "The principal components of several maps together and one scale, to colour these and other maps with.",
        parameters: [
            ScriptParameter("maps", .list(.tensor), "Maps [N, C, H, W] with the same C.")
        ],
        options: [
            .optional("components", .integer, "How many.", default: "3"),
            .optional(
                "percentile", .number, "Percent of positions that may saturate at either end.",
                default: "2"),
        ],
        returns: [ScriptResult(.object("hire.PCABasis"), "the basis")],
        example: """
            local map = hire.tensor.randn({ 1, 8, 4, 4 })
            local basis = hire.picture.pca_basis({ map })
            print(basis, basis:images(map * 2)[1], basis.explained[1])
            assert(basis:project(map):size(2) == 3)
            """
    ) { arguments in
        let pca = try FeaturePCA(
            tensors(arguments, "maps"), count: arguments.integer("components", default: 3),
            percentile: arguments.number("percentile", default: 2))
        return [.object(PCABasisObject(pca))]
    }

    private static let similarity = ScriptFunction(
        "similarity",
        "The cosine of every position's features with those of one chosen position, which is framed.",
        parameters: [
            map,
            ScriptParameter(
                "position", .either([.index, .list(.number)]),
                "A place { x, y } in the picture, each from 0 to 1, or a token counted row by row."),
        ],
        options: [over, HeatPictureArguments.sample]
            + HeatPictureArguments.options(colors: "\"viridis\""),
        returns: HeatPictureArguments.results,
        example: """
            local map = hire.tensor.randn({ 1, 8, 6, 6 })
            local picture, bar = hire.picture.similarity(map, { 0.5, 0.25 }, { bar = true })
            print(picture, bar.low, bar.high)
            """
    ) { arguments in
        let map = try HeatPictureArguments.map("map", arguments)
        let grid = SIMD2(map.shape[2], map.shape[3])
        let place = try position(arguments, grid)
        let values = try FeatureComparison.similarity(map, to: place)
        return try HeatPictureArguments.drawn(
            values, grid, arguments, colors: .viridis, label: "cosine",
            picture: image(arguments, "image"), marks: [place])
    }

    private static let difference = ScriptFunction(
        "difference",
        "Where two maps differ: the length of the difference per position, or one channel's with its sign.",
        parameters: [
            ScriptParameter("first", .tensor, "[N, C, H, W]."),
            ScriptParameter(
                "second", .tensor, "Of the same shape; the first is subtracted from it."),
        ],
        options: [
            .optional("channel", .index, "One channel, with its sign.", default: "all of them"),
            over, HeatPictureArguments.sample,
        ] + HeatPictureArguments.options(colors: "\"heat\", or \"diverging\" for one channel"),
        returns: HeatPictureArguments.results,
        example: """
            local map = hire.tensor.randn({ 1, 8, 6, 6 })
            print(hire.picture.difference(map, map * 1.5, { channel = 3, bar = true }))
            """
    ) { arguments in
        let first = try HeatPictureArguments.map("first", arguments)
        let second = try HeatPictureArguments.map("second", arguments)
        let grid = SIMD2(second.shape[2], second.shape[3])
        let picture = try image(arguments, "image")
        guard arguments.has("channel") else {
            let values = try FeatureComparison.norms(second, less: first)
            let largest = Image.finiteRange(values).upperBound
            return try HeatPictureArguments.drawn(
                values, grid, arguments, colors: .heat, range: 0...max(largest, 0),
                label: "length of the difference", picture: picture)
        }
        let channel = try channel(arguments, of: second)
        let values = try FeatureComparison.channel(second, channel, less: first)
        let found = Image.finiteRange(values)
        let largest = max(abs(found.lowerBound), abs(found.upperBound))
        return try HeatPictureArguments.drawn(
            values, grid, arguments, colors: .diverging, range: -largest...largest,
            label: "difference of channel \(channel + 1)", picture: picture)
    }

    private static let overlay = ScriptFunction(
        "overlay", "Numbers of a map as colours over a picture.",
        parameters: [
            ScriptParameter("image", .object("hire.Image"), "The picture beneath."),
            ScriptParameter("map", .tensor, "[H, W], or [N, C, H, W]."),
        ],
        options: [
            .optional(
                "channel", .index, "Which channel of several.",
                default: "the length of the features"), HeatPictureArguments.sample,
        ] + HeatPictureArguments.options(colors: "\"viridis\""),
        returns: HeatPictureArguments.results,
        example: """
            local shapes = hire.task.load { id = "shapes", train_images = 1, test_images = 1 }
            local heat = hire.tensor.randn({ 4, 4 })
            print(hire.picture.overlay(shapes:image(1), heat, { alpha = 0.5, colours = "heat", smooth = true }))
            """
    ) { arguments in
        var map = try arguments.tensor("map")
        if map.rank == 2 { map = try map.reshape([1, 1, map.shape[0], map.shape[1]]) }
        guard map.rank == 4, map.count > 0 else {
            throw ScriptError.message(
                "\(arguments.function): map must be [H, W] or [N, C, H, W], got \(map.shape).")
        }
        map = try HeatPictureArguments.one(map, arguments)
        let isPlain = map.shape[1] == 1 && !arguments.has("channel")
        let values =
            try arguments.has("channel") || isPlain
            ? FeatureComparison.channel(map, isPlain ? 0 : channel(arguments, of: map))
            : FeatureComparison.norms(map)
        return try HeatPictureArguments.drawn(
            values, SIMD2(map.shape[2], map.shape[3]), arguments, colors: .viridis, label: "",
            picture: image(arguments, "image"))
    }

    private static let attention = ScriptFunction(
        "attention",
        "Where attention goes on a picture: probabilities captured at `...attention.probabilities` of an encoder or "
            + "`...probabilities` of a language model, as heat over it.",
        parameters: [
            ScriptParameter("image", .object("hire.Image"), "The picture."),
            ScriptParameter("weights", .tensor, "[N, heads, queries, keys]."),
        ],
        options: [
            .optional(
                "grid", .list(.integer), "{ rows, columns } of the image tokens.",
                default: "the square that the keys leave room for"),
            .optional(
                "first", .index, "The key that is the grid's first token.",
                default:
                    "so that the grid ends with the last key; in a language model one more than the ids in front "
                    + "of the image"),
            .optional("query", .list(.index), "Which queries, averaged.", default: "all"),
            .optional("head", .index, "Which head.", default: "the mean of all"),
            HeatPictureArguments.sample,
        ] + HeatPictureArguments.options(colors: "\"heat\""),
        returns: HeatPictureArguments.results,
        example: """
            local shapes = hire.task.load { id = "shapes", train_images = 1, test_images = 1 }
            local weights = hire.tensor.randn({ 1, 2, 17, 17 }):softmax(-1)
            print(hire.picture.attention(shapes:image(1), weights, { query = 1, head = 2 }))
            """
    ) { arguments in
        let batch = try arguments.tensor("weights")
        guard batch.rank == 4, batch.count > 0 else {
            throw ScriptError.message(
                "\(arguments.function): weights must be [N, heads, queries, keys], got \(batch.shape)."
            )
        }
        let weights = try HeatPictureArguments.one(batch, arguments)
        let (heads, queries, keys) = (weights.shape[1], weights.shape[2], weights.shape[3])
        let grid = try attentionGrid(arguments, keys: keys)
        let tokens = grid.x * grid.y
        let first = try arguments.integer("first", default: keys - tokens)
        guard first >= 0, first <= keys - tokens else {
            throw ScriptError.message(
                "\(arguments.function): a grid of \(grid.x)x\(grid.y) from key \(first + 1) on does not fit \(keys) keys."
            )
        }
        let head = try arguments.has("head") ? inside(arguments, "head", heads) : nil
        let chosen = try arguments.has("query") ? arguments.integers("query") : []
        let places = try chosen.map { query in
            let place = query < 0 ? query + queries : query
            guard (0..<queries).contains(place) else {
                throw ScriptError.message(
                    "\(arguments.function): query must be from 1 to \(queries), got "
                        + "\(query < 0 ? query : query + 1).")
            }
            return place
        }
        let values = try FeatureComparison.attention(
            weights, head: head, queries: places, keys: first..<first + tokens)
        return try HeatPictureArguments.drawn(
            values, grid, arguments, colors: .heat,
            range: 0...max(Image.finiteRange(values).upperBound, 0), label: "attention",
            picture: image(arguments, "image"))
    }

    // MARK: Arguments

    private static func image(_ arguments: ScriptArguments, _ name: String) throws -> Image? {
        arguments.has(name) ? try arguments.object(name, ImageObject.self).image : nil
    }

    private static func channel(_ arguments: ScriptArguments, of map: Tensor) throws -> Int {
        try inside(arguments, "channel", map.shape[1])
    }

    /// A position from 1, or from the end; counted from 0.
    private static func inside(_ arguments: ScriptArguments, _ name: String, _ count: Int) throws
        -> Int
    {
        let given = try arguments.integer(name)
        let place = given < 0 ? given + count : given
        guard (0..<count).contains(place) else {
            throw ScriptError.message(
                "\(arguments.function): \(name) must be from 1 to \(count), got "
                    + "\(given < 0 ? given : given + 1).")
        }
        return place
    }

    private static func position(_ arguments: ScriptArguments, _ grid: SIMD2<Int>) throws -> SIMD2<
        Int
    > {
        guard case .list = arguments.value("position") else {
            let token = try inside(arguments, "position", grid.x * grid.y)
            return SIMD2(token / grid.y, token % grid.y)
        }
        let pair = try arguments.list("position").compactMap(number)
        guard pair.count == 2, pair.allSatisfy({ (0...1).contains($0) }) else {
            throw arguments.mismatch(
                "position", "a token, or a place { x, y } with numbers from 0 to 1")
        }
        return SIMD2(
            min(Int(pair[1] * Double(grid.x)), grid.x - 1),
            min(Int(pair[0] * Double(grid.y)), grid.y - 1))
    }

    private static func attentionGrid(_ arguments: ScriptArguments, keys: Int) throws -> SIMD2<Int>
    {
        if arguments.has("grid") {
            let sides = try arguments.integers("grid")
            guard sides.count == 2, sides.allSatisfy({ $0 > 0 }), sides[0] <= keys / sides[1] else {
                throw ScriptError.message(
                    "\(arguments.function): grid must be { rows, columns } of at most \(keys) tokens, got "
                        + "{ \(sides.map(String.init).joined(separator: ", ")) }.")
            }
            return SIMD2(sides[0], sides[1])
        }
        // A class token, or a class token and four registers, stand in front of a square of patches.
        for prefix in [0, 1, 5] where keys > prefix {
            let side = Int(Double(keys - prefix).squareRoot().rounded())
            if side * side == keys - prefix { return SIMD2(side, side) }
        }
        throw ScriptError.message(
            "\(arguments.function): \(keys) keys are no square with 0, 1 or 5 tokens in front; say grid = { rows, "
                + "columns }, and first where the image does not end with the last key.")
    }
}
