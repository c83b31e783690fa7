import HireArray
import HireFiles
import HireHDF5
import HireTensor
import HireVLM

/// `hire.hdf5`: files of arrays that plain h5py opens.
enum HDF5Library {
    static let library = ScriptLibrary(
        name: "hdf5", summary: "HDF5 files of tensors and texts.", functions: [open, write],
        classes: [HDF5Object.scriptClass])

    private static let open = ScriptFunction(
        "open", "Opens a finished HDF5 file for reading.",
        parameters: [ScriptParameter("path", .path, "The file.")],
        options: [
            .optional(
                "trusted", .boolean,
                "Opens the file at once. Otherwise a process that may die reads all of it first, unless this process wrote it.",
                default: "false")
        ],
        returns: [ScriptResult(.object("hire.HDF5File"), "the file")],
        example: "print(pcall(hire.hdf5.open, \"features.h5\"))"
    ) { arguments in
        let reader = try HDF5Quarantine.open(
            try arguments.string("path"),
            isTrusted: try arguments.boolean("trusted", default: false))
        return [.object(HDF5Object(reader))]
    }

    private static let write = ScriptFunction(
        "write",
        "Writes tensors and lists of texts as one file, which is there whole or not at all.",
        parameters: [
            ScriptParameter("path", .path, "The file; its folder is made."),
            ScriptParameter(
                "datasets", .table, "Tensors or lists of texts by path, such as \"act/encoder\"."),
        ],
        options: [
            .optional("attributes", .table, "Numbers, texts and booleans of the file itself.")
        ],
        example: """
            local path = hire.output_folder() .. "/numbers.h5"
            hire.hdf5.write(path, { ["act/x"] = hire.tensor.ones({ 2, 3 }) }, { attributes = { step = 1 } })
            assert(hire.hdf5.open(path):read("act/x"):size(2) == 3)
            """
    ) { arguments in
        let path = try arguments.string("path")
        let shard = try HDF5Shard(name: path)
        for (name, value) in try arguments.table("datasets") {
            let object = absolute(name)
            switch value {
            case .tensor(let tensor): try shard.write(tensor.array, to: object)
            case .list(let items):
                try shard.write(
                    try items.map { item in
                        guard case .string(let text) = item else {
                            throw arguments.mismatch("datasets", "tensors and lists of texts")
                        }
                        return text
                    }, to: object)
            default: throw arguments.mismatch("datasets", "tensors and lists of texts")
            }
        }
        for (name, value) in try arguments.table("attributes") {
            switch value {
            case .string(let text): try shard.setAttribute(name, .string(text))
            case .integer(let integer): try shard.setAttribute(name, .integer(Int64(integer)))
            case .number(let number): try shard.setAttribute(name, .number(number))
            case .boolean(let flag): try shard.setAttribute(name, .bool(flag))
            default: throw arguments.mismatch("attributes", "numbers, texts and booleans")
            }
        }
        try SystemFileSystem().makeFolders(FilePath.folder(of: path))
        _ = try shard.write(to: path)
        return []
    }

    static func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : "/" + path }
}

/// An open HDF5 file in a script's hands.
final class HDF5Object: ScriptObject {
    private let reader: HDF5Reader
    init(_ reader: HDF5Reader) { self.reader = reader }

    var scriptDescription: String { "HDF5 file \(reader.name)" }

    private static let path = ScriptParameter("path", .string, "Such as \"act/encoder/output\".")

    static let scriptClass = ScriptClass(
        name: "hire.HDF5File", summary: "A finished HDF5 file, open for reading.",
        methods: [
            ScriptFunction(
                "list", "Everything in the file.",
                parameters: [.optional("path", .string, "The group to look in.", default: "\"/\"")],
                returns: [
                    ScriptResult(
                        .list(.table),
                        "`path` and `kind` of each; `shape` and `dtype` where it has them")
                ]
            ) { arguments in
                let path = HDF5Library.absolute(try arguments.string("path", default: "/"))
                return [.list(try reader(arguments).nodes(under: path).map(describe))]
            },
            ScriptFunction(
                "read", "The numbers of a dataset.", parameters: [path],
                options: [
                    .optional(
                        "first", .index, "The first row (along the first axis).", default: "1"),
                    .optional("last", .index, "The last row, included.", default: "-1"),
                ], returns: [ScriptResult(.tensor, "the numbers")]
            ) { arguments in
                let context = arguments.host.context
                let path = HDF5Library.absolute(try arguments.string("path"))
                let array = try reader(arguments).array(
                    path, rows: try rows(arguments, path), on: context.backend)
                return [.tensor(Tensor(array, in: context))]
            },
            ScriptFunction(
                "texts", "The texts of a dataset.", parameters: [path],
                returns: [ScriptResult(.list(.string), "row by row")]
            ) { arguments in
                let path = HDF5Library.absolute(try arguments.string("path"))
                return [.list(try reader(arguments).strings(path).map(ScriptValue.string))]
            },
            ScriptFunction(
                "attributes", "The attributes of a group or dataset.",
                parameters: [.optional("path", .string, "The object.", default: "the file itself")],
                returns: [ScriptResult(.table, "values by name")]
            ) { arguments in
                let reader = reader(arguments)
                let path = HDF5Library.absolute(try arguments.string("path", default: "/"))
                return [
                    .table(
                        try reader.attributeNames(path).map { name in
                            let value = try reader.attribute(name, on: path)
                            return (key: name, value: value.map(scripted) ?? .none)
                        })
                ]
            },
        ])

    private static func reader(_ arguments: ScriptArguments) -> HDF5Reader {
        arguments.receiver(HDF5Object.self).reader
    }

    /// The rows between `first` and `last`; nil for all.
    private static func rows(_ arguments: ScriptArguments, _ path: String) throws -> Range<Int>? {
        guard arguments.has("first") || arguments.has("last") else { return nil }
        let nodes = try reader(arguments).nodes()
        guard case .array(_, let shape)? = nodes.first(where: { $0.path == path })?.content,
            let extent = shape.first
        else { return nil }
        let first = try arguments.integer("first", default: 0)
        let last = try arguments.integer("last", default: -1)
        let low = first < 0 ? first + extent : first
        let high = (last < 0 ? last + extent : last) + 1
        guard low >= 0, low < high, high <= extent else {
            throw ScriptError.message("\(path): rows must lie between 1 and \(extent).")
        }
        return low..<high
    }

    private static func describe(_ node: HDF5Node) -> ScriptValue {
        var fields: [(key: String, value: ScriptValue)] = [(key: "path", value: .string(node.path))]
        let extents = { (shape: Shape) in ScriptValue.list(shape.map(ScriptValue.integer)) }
        switch node.content {
        case .group: fields.append((key: "kind", value: .string("group")))
        case .array(let dtype, let shape):
            fields += [
                (key: "kind", value: .string("array")),
                (key: "dtype", value: .string(dtype.rawValue)),
                (key: "shape", value: extents(shape)),
            ]
        case .strings(let shape):
            fields += [
                (key: "kind", value: .string("texts")), (key: "shape", value: extents(shape)),
            ]
        case .link(let file, let object):
            fields += [
                (key: "kind", value: .string("link")),
                (key: "target", value: .string("\(file):\(object)")),
            ]
        default: fields.append((key: "kind", value: .string("other")))
        }
        return .table(fields)
    }

    private static func scripted(_ value: HDF5Value) -> ScriptValue {
        switch value {
        case .string(let text): .string(text)
        case .integer(let integer): .integer(Int(integer))
        case .number(let number): .number(number)
        case .bool(let flag): .boolean(flag)
        case .strings(let texts): .list(texts.map(ScriptValue.string))
        case .integers(let integers): .list(integers.map { .integer(Int($0)) })
        case .numbers(let numbers): .list(numbers.map(ScriptValue.number))
        }
    }
}
