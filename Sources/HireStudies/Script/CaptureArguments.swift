import HireArray
import HireFiles
import HireTensor
import HireVLM

/// How scripts say what is captured and edited.
enum CaptureArguments {
    /// What of a point is kept, beside its globs.
    static let options: [ScriptParameter] = [
        .optional(
            "tokens", .either([.choice(["all", "image", "text", "last"]), .list(.index)]),
            "Positions along tokens, or along the keys of attention."),
        .optional(
            "queries", .either([.choice(["all", "image", "text", "last"]), .list(.index)]),
            "Positions along the queries of attention."),
        .optional("heads", .list(.index), "Heads of attention; 1 is the first."),
        .optional("channels", .list(.index), "Channels; 1 is the first."),
        .optional("every", .integer, "Takes every so many-th sample."),
        .optional(
            "reduce", .any,
            "\"mean\" over tokens, { top_k = k } along the features, { pca = k, basis = …, samples = n }."
        ),
        .optional("dtype", .choice(["f32", "f16", "bf16"]), "As it is stored."),
        .optional("where", .function, "Chooses among the names that the globs select."),
    ]

    /// The parameter that names points.
    static func parameter(_ name: String, _ summary: String) -> ScriptParameter {
        ScriptParameter(name, .list(.pattern), summary)
    }

    /// The option that names points.
    static let capture = ScriptParameter.optional(
        "capture", .list(.pattern),
        "Globs of features (`!` in front removes), functions over names, or tables of globs with `tokens`, `queries`, "
            + "`heads`, `channels`, `every`, `reduce`, `dtype` and `where`; positions are counted from 1.",
        default: "{}")

    /// The option that changes what passes.
    static let edits = ScriptParameter.optional(
        "edits", .table,
        "Functions by glob: each is given a tensor and a table (`name`, `index`, `id`) and gives what goes on in its "
            + "place, of the same shape and dtype, or nothing.", default: "{}")

    /// What is captured.
    static func rules(_ arguments: ScriptArguments, _ name: String) throws -> CaptureRules {
        let given: [ScriptValue]
        switch arguments.value(name) {
        case .none: given = []
        case .list(let items): given = items
        case let single: given = [single]
        }
        var rules: [CaptureRules.Rule] = []
        var filters: [any ScriptCallable] = []
        for (place, value) in given.enumerated() {
            switch value {
            case .string(let pattern):
                rules.append(CaptureRules.Rule([pattern]))
            case .function(let function): filters.append(function)
            case .table(let fields):
                rules.append(try rule(fields, "\(arguments.function): \(name)[\(place + 1)]"))
            default:
                throw arguments.mismatch(name, "a list of globs and tables of globs with options")
            }
        }
        if rules.isEmpty, !filters.isEmpty { rules = [CaptureRules.Rule(["**"])] }
        if filters.isEmpty { return CaptureRules(rules) }
        return CaptureRules(
            rules, where: { point in try filters.allSatisfy { try chooses($0, point) } })
    }

    /// As Lua takes it: everything but nil and false is true.
    private static func chooses(_ function: any ScriptCallable, _ name: String) throws -> Bool {
        switch try function.call([.string(name)]).first ?? .none {
        case .none, .boolean(false): false
        default: true
        }
    }

    private static func rule(_ fields: [(key: String, value: ScriptValue)], _ place: String) throws
        -> CaptureRules.Rule
    {
        var rule = CaptureRules.Rule([])
        func fail(_ key: String, _ expected: String, _ value: ScriptValue) -> ScriptError {
            .message("\(place): \(key) must be \(expected), got \(text(value)).")
        }
        for (key, value) in fields {
            switch (key, value) {
            case ("", .list(let items)):
                rule.patterns = try items.map { item in
                    guard case .string(let pattern) = item else {
                        throw fail("each pattern", "a glob", item)
                    }
                    return pattern
                }
            case ("tokens", _): rule.options.tokens = try tokens(value, key, fail)
            case ("queries", _): rule.options.queries = try tokens(value, key, fail)
            case ("heads", _): rule.options.heads = try positions(value, key, fail)
            case ("channels", _): rule.options.channels = try positions(value, key, fail)
            case ("every", .integer(let step)) where step >= 1: rule.options.every = step
            case ("every", _): throw fail(key, "a number from 1", value)
            case ("reduce", _): rule.options.reduction = try reduction(value, fail)
            case ("dtype", .string("f32")): rule.options.dtype = .float32
            case ("dtype", .string("f16")): rule.options.dtype = .float16
            case ("dtype", .string("bf16")): rule.options.dtype = .bfloat16
            case ("dtype", _): throw fail(key, "\"f32\", \"f16\" or \"bf16\"", value)
            case ("where", .function(let function)):
                rule.filter = { try chooses(function, $0) }
            case ("where", _): throw fail(key, "a function", value)
            default:
                throw ScriptError.unknownOption(
                    function: place, name: key,
                    suggestion: NearestNames.sentence(
                        kind: "option", name: key, among: options.map(\.name)))
            }
        }
        if rule.patterns.isEmpty {
            throw ScriptError.message("\(place): names no point; globs come first in the table.")
        }
        return rule
    }

    private typealias Failure = (String, String, ScriptValue) -> ScriptError

    private static func tokens(_ value: ScriptValue, _ key: String, _ fail: Failure) throws
        -> CaptureTokens
    {
        switch value {
        case .string("all"): return .all
        case .string("image"): return .image
        case .string("text"): return .text
        case .string("last"): return .last
        case .string:
            throw fail(key, "\"all\", \"image\", \"text\", \"last\" or a list of positions", value)
        default: return .positions(try positions(value, key, fail))
        }
    }

    /// Positions as scripts count them, from 1, as Swift counts them.
    private static func positions(_ value: ScriptValue, _ key: String, _ fail: Failure) throws
        -> [Int]
    {
        let items: [ScriptValue]
        if case .list(let list) = value { items = list } else { items = [value] }
        return try items.map { item in
            guard case .integer(let place) = item, place >= 1 else {
                throw fail(key, "a list of positions, counted from 1", item)
            }
            return place - 1
        }
    }

    private static func reduction(_ value: ScriptValue, _ fail: Failure) throws -> CaptureReduction
    {
        if case .string("mean") = value { return .mean }
        guard case .table(let fields) = value else {
            throw fail("reduce", "\"mean\", { top_k = k } or { pca = k }", value)
        }
        var (count, isRanked): (Int?, Bool) = (nil, false)
        var (basis, samples): (PrincipalComponents?, Int) = (nil, 16)
        for (key, value) in fields {
            switch (key, value) {
            case ("top_k", .integer(let number)) where number >= 1 && count == nil:
                (count, isRanked) = (number, true)
            case ("pca", .integer(let number)) where number >= 1 && count == nil: count = number
            case ("basis", .object(let object)):
                guard let given = object as? PCABasisObject else {
                    throw fail("reduce.basis", "a hire.PCABasis", value)
                }
                basis = given.pca.components
            case ("samples", .integer(let number)) where number >= 1: samples = number
            default:
                throw fail(
                    "reduce", "{ top_k = k } or { pca = k, basis = …, samples = n }", .table(fields)
                )
            }
        }
        guard let count else {
            throw fail("reduce", "{ top_k = k } or { pca = k, basis = …, samples = n }", value)
        }
        return isRanked
            ? .topK(count) : .principalComponents(count, basis: basis, samples: samples)
    }

    private static func text(_ value: ScriptValue) -> String {
        switch value {
        case .string(let text): "'\(text)'"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .table(let fields):
            "{ \(fields.map { "\($0.key) = \(text($0.value))" }.joined(separator: ", ")) }"
        default: value.typeName
        }
    }
}
