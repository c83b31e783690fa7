import HireFiles
import HireVLM

/// `predictions.jsonl`: what happened sample by sample, one JSON object per line.
enum SampleLines {
    static let fileName = "predictions.jsonl"

    /// Writes the lines, keys sorted; the file is there whole or not at all.
    static func write(_ lines: [JSONObject], to path: String, _ fileSystem: any FileSystem) throws {
        let writer = JSONWriter(order: .sorted)
        try AtomicWriter(fileSystem: fileSystem).write(to: path) { append in
            for line in lines {
                let bytes = Array(try writer.string(.object(line)).utf8) + [0x0A]
                try bytes.withUnsafeBytes { try append($0) }
            }
        }
    }

    /// The lines of the `samples` that a script gives: tables as they stand, plain numbers as grades; what has no `id` is
    /// numbered from 1.
    ///
    /// - Throws: `ScriptError.message` naming the sample that does not fit what readers of the file expect.
    static func lines(_ samples: JSONValue, label: String) throws -> [JSONObject] {
        guard let list = samples.arrayValue else {
            throw ScriptError.message(
                "\(label): 'samples' must be a list, got \(samples.kindName).")
        }
        var places: [String: Int] = [:]
        var (graded, ungraded): (Int?, Int?)
        return try list.enumerated().map { index, value in
            let place = "\(label): samples[\(index + 1)]"
            var line: JSONObject
            switch value {
            case .object(let object): line = object
            case .integer, .number, .bool: line = ["grade": value]
            default:
                throw ScriptError.message(
                    "\(place) must be a table or a grade, got \(value.kindName).")
            }
            let id = try text(line["id"] ?? .integer(Int64(index + 1)), place)
            line["id"] = .string(id)
            if let other = places.updateValue(index + 1, forKey: id) {
                throw ScriptError.message(
                    "\(place).id is '\(id)', which samples[\(other)] has already; ids tell samples apart."
                )
            }
            if case .bool(let isRight)? = line["grade"] { line["grade"] = .number(isRight ? 1 : 0) }
            if let grade = line["grade"] {
                guard grade.doubleValue != nil else {
                    throw ScriptError.message(
                        "\(place).grade must be a number, got \(grade.kindName).")
                }
                graded = index + 1
            } else {
                ungraded = index + 1
            }
            if let graded, let ungraded {
                throw ScriptError.message(
                    "\(label): samples[\(graded)] has a grade and samples[\(ungraded)] has none; give all or none."
                )
            }
            for (key, value) in line.members {
                if case .number(let number) = value, !number.isFinite {
                    throw ScriptError.message(
                        "\(place).\(key) is \(number), which is not a finite number.")
                }
            }
            return line
        }
    }

    /// An id as text: numbers as they are written.
    private static func text(_ id: JSONValue, _ place: String) throws -> String {
        switch id {
        case .string(let text): return text
        case .integer(let number): return "\(number)"
        case .number(let number) where number.isFinite:
            return try JSONWriter().string(.number(number))
        default:
            throw ScriptError.message(
                "\(place).id must be a text or a number, got \(id.kindName).")
        }
    }
}
