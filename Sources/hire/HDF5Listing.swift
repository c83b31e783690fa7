import HireArray
import HireFiles
import HireHDF5
import HireStudies

/// What an HDF5 file holds, without the numbers of its datasets.
struct HDF5Listing {
    /// An attribute: a value, or why there is none.
    typealias Attribute = (name: String, value: HDF5Value?)

    /// An entry of the file.
    struct Entry {
        var node: HDF5Node
        /// Labels of a dataset's axes; empty where none has one.
        var axes: [String]
        var attributes: [Attribute]
    }

    let path: String
    let attributes: [Attribute]
    let entries: [Entry]

    /// Whether a file is to be listed as HDF5: by its ending, or by how it begins.
    static func fits(_ path: String) throws -> Bool {
        let disk = SystemFileSystem()
        guard try disk.status(path)?.kind == .file else { return false }
        if ["h5", "hdf5", "hdf", "he5"].contains(FilePath.fileExtension(of: path).lowercased()) {
            return true
        }
        let mark: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        guard try disk.status(path)?.byteCount ?? 0 >= mark.count else { return false }
        return try disk.withFile(path, for: .read) {
            try disk.readExactly($0, at: 0, count: mark.count) == mark
        }
    }

    /// Looks at a file after another process read it.
    ///
    /// - Throws: as `HDF5Quarantine.open`.
    init(_ path: String, isTrusted: Bool) throws {
        let reader = try HDF5Quarantine.open(path, isTrusted: isTrusted)
        self.path = path
        attributes = try HDF5Listing.attributes(of: "/", reader)
        entries = try reader.nodes().map { node in
            var axes: [String] = []
            var attributes: [Attribute] = []
            switch node.content {
            case .link: break
            case .group: attributes = try HDF5Listing.attributes(of: node.path, reader)
            case .array, .strings, .other:
                axes = try reader.axisLabels(node.path)
                attributes = try HDF5Listing.attributes(of: node.path, reader)
            }
            return Entry(
                node: node, axes: axes.allSatisfy(\.isEmpty) ? [] : axes, attributes: attributes)
        }
    }

    private static func attributes(of path: String, _ reader: HDF5Reader) throws -> [Attribute] {
        // What joins axes to their scales is shown as names of axes.
        let hidden = ["DIMENSION_LIST", "REFERENCE_LIST", "DIMENSION_LABELS"]
        return try reader.attributeNames(path).filter { !hidden.contains($0) }.map { name in
            do {
                return (name, try reader.attribute(name, on: path))
            } catch let error as HDF5Error where error.detail.isEmpty {
                return (name, nil)  // of a type that nothing here reads
            }
        }
    }

    /// Bytes of all numbers.
    var byteCount: Int {
        entries.reduce(0) { sum, entry in
            guard case .array(let dtype, let shape) = entry.node.content else { return sum }
            let own = shape.reduce((dtype.byteSize, false)) { product, extent in
                let next = product.0.multipliedReportingOverflow(by: extent)
                return (next.partialValue, product.1 || next.overflow)
            }
            return own.1
                ? Int.max : sum.addingReportingOverflow(own.0).overflow ? Int.max : sum + own.0
        }
    }

    // MARK: As text

    /// A line for each entry, and one for each attribute beneath it.
    var text: String {
        let datasets = entries.count { $0.node.content != .group }
        var lines = [
            "kind".padding(to: 18) + "HDF5",
            "datasets".padding(to: 18)
                + "\(grouped(datasets)), \(grouped(byteCount)) bytes of numbers",
        ]
        lines += attributes.map { "@\($0.name)".padding(to: 18) + Self.shown($0.value) }
        for entry in entries {
            let axes =
                entry.axes.isEmpty
                ? "" : "  (\(entry.axes.map { $0.isEmpty ? "-" : $0 }.joined(separator: ", ")))"
            lines.append(Self.shown(entry.node.content) + entry.node.path + axes)
            lines += entry.attributes.map { "      @\($0.name) = \(Self.shown($0.value))" }
        }
        return lines.map(Self.printable).joined(separator: "\n") + "\n"
    }

    private static func shown(_ content: HDF5Node.Content) -> String {
        let (type, shape): (String, String)
        switch content {
        case .group: (type, shape) = ("group", "")
        case .array(let dtype, let extents): (type, shape) = (dtype.shortName, "\(extents)")
        case .strings(let extents): (type, shape) = ("text", "\(extents)")
        case .other(let extents): (type, shape) = ("other", "\(extents)")
        case .link(let file, let object): (type, shape) = ("link", "\(file):\(object)")
        }
        return type.padding(to: 6) + shape.padding(to: 22)
    }

    private static func shown(_ value: HDF5Value?) -> String {
        let text =
            switch value {
            case nil: "(a type that is not read)"
            case .string(let text): "\"\(text)\""
            case .strings(let texts): "\(texts)"
            case .integer(let number): "\(number)"
            case .integers(let numbers): "\(numbers)"
            case .number(let number): "\(number)"
            case .numbers(let numbers): "\(numbers)"
            case .bool(let flag): "\(flag)"
            }
        return text.count > 200 ? text.prefix(200) + "…" : text
    }

    /// A line whose text from the file can neither break it nor command the terminal.
    private static func printable(_ line: String) -> String {
        var result = ""
        for scalar in line.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
            result += isControl ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return result
    }

    // MARK: As JSON

    /// Everything as JSON; numbers that JSON does not have are texts.
    var json: JSONObject {
        [
            "kind": "HDF5", "bytes": .integer(Int64(byteCount)),
            "attributes": Self.json(attributes),
            "entries": .array(
                entries.map { entry in
                    var object: JSONObject = ["path": .string(entry.node.path)]
                    for (key, value) in Self.json(entry.node.content).members {
                        object[key] = value
                    }
                    if !entry.axes.isEmpty {
                        object["axes"] = .array(entry.axes.map { .string($0) })
                    }
                    object["attributes"] = Self.json(entry.attributes)
                    return .object(object)
                }),
        ]
    }

    private static func json(_ content: HDF5Node.Content) -> JSONObject {
        func shape(_ extents: [Int]) -> JSONValue { .array(extents.map { .integer(Int64($0)) }) }
        return switch content {
        case .group: ["kind": "group"]
        case .array(let dtype, let extents):
            ["kind": "array", "dtype": .string(dtype.rawValue), "shape": shape(extents)]
        case .strings(let extents): ["kind": "strings", "shape": shape(extents)]
        case .other(let extents): ["kind": "other", "shape": shape(extents)]
        case .link(let file, let object):
            ["kind": "link", "file": .string(file), "object": .string(object)]
        }
    }

    private static func json(_ attributes: [Attribute]) -> JSONValue {
        .object(JSONObject(attributes.map { ($0.name, json($0.value)) }))
    }

    private static func json(_ value: HDF5Value?) -> JSONValue {
        func number(_ value: Double) -> JSONValue {
            value.isFinite ? .number(value) : .string("\(value)")
        }
        return switch value {
        case nil: .null
        case .string(let text): .string(text)
        case .strings(let texts): .array(texts.map { .string($0) })
        case .integer(let value): .integer(value)
        case .integers(let values): .array(values.map { .integer($0) })
        case .number(let value): number(value)
        case .numbers(let values): .array(values.map(number))
        case .bool(let flag): .bool(flag)
        }
    }
}
