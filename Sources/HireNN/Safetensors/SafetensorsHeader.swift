import HireArray
import HireFiles

/// A checked safetensors header: where each tensor's bytes lie.
///
/// The format: 8 bytes with the header's length (little-endian), the header as JSON, then the tensors' bytes without gaps.
struct SafetensorsHeader {
    struct Entry {
        let type: SafetensorsType
        let shape: Shape
        /// Bytes of the data section.
        let range: Range<Int>
    }

    /// No header may be longer, as in the reference implementation.
    static let longest = 100_000_000

    private(set) var metadata: [String: String] = [:]
    /// Names in the order of their bytes.
    private(set) var names: [String] = []
    private(set) var entries: [String: Entry] = [:]
    /// Where the data section begins in the file.
    let dataStart: Int
    private let path: String

    /// Checks a header.
    ///
    /// - Parameters:
    ///   - bytes: the JSON, without the length before it.
    ///   - fileSize: of the whole file, which must be exactly what the header describes.
    /// - Throws: `FileError` naming the path, the byte and the tensor.
    init(_ bytes: [UInt8], path: String, fileSize: Int) throws {
        self.path = path
        dataStart = 8 + bytes.count
        for (name, value) in try Self.parse(bytes, path) {
            if name == "__metadata__" {
                metadata = try readMetadata(value)
            } else {
                entries[name] = try readEntry(name, value)
            }
        }
        names = entries.keys.sorted {
            guard let a = entries[$0]?.range, let b = entries[$1]?.range else { return $0 < $1 }
            return (a.lowerBound, a.upperBound, $0) < (b.lowerBound, b.upperBound, $1)
        }
        try checkLayout(fileSize)
    }

    private static func parse(
        _ bytes: [UInt8], _ path: String
    ) throws -> [(key: String, value: JSONValue)] {
        let value: JSONValue
        do {
            let limits = JSONLimits(depth: 4, byteCount: longest, values: 20_000_000)
            value = try JSONParser.parse(bytes, source: path, limits: limits)
        } catch let error as JSONError {
            throw FileError.badData(
                path, at: 8 + error.offset, "the header is not what it must be", got: error.problem)
        }
        guard let object = value.objectValue else {
            throw FileError.badData(
                path, at: 8, "the header is not what it must be", expected: "a JSON object",
                got: value.kindName)
        }
        return object.members
    }

    private func readMetadata(_ value: JSONValue) throws -> [String: String] {
        guard let object = value.objectValue else {
            throw bad("__metadata__ does not fit", expected: "an object", got: value.kindName)
        }
        var result: [String: String] = [:]
        for (key, value) in object.members {
            guard let text = value.stringValue else {
                throw bad(
                    "the __metadata__ value of '\(key)' does not fit", expected: "a string",
                    got: value.kindName)
            }
            result[key] = text
        }
        return result
    }

    private func readEntry(_ name: String, _ value: JSONValue) throws -> Entry {
        guard let object = value.objectValue else {
            throw bad(
                "the tensor '\(name)' does not fit", expected: "an object", got: value.kindName)
        }
        let known = ["dtype", "shape", "data_offsets"]
        if let stranger = object.keys.first(where: { !known.contains($0) }) {
            throw bad(
                "the tensor '\(name)' has an unknown field '\(stranger)'",
                expected: known.joined(separator: ", "))
        }
        let typeName = try located {
            try object.requireString("dtype", source: "\(path), tensor '\(name)'")
        }
        guard let type = SafetensorsType.named(typeName) else {
            throw bad(
                "the dtype of the tensor '\(name)' is unknown",
                expected: SafetensorsType.all.map(\.name).joined(separator: ", "), got: typeName)
        }
        let shape = try wholeNumbers("shape", object, name)
        let offsets = try wholeNumbers("data_offsets", object, name)
        guard offsets.count == 2 else {
            throw bad(
                "the data_offsets of the tensor '\(name)' do not fit", expected: "two numbers",
                got: "\(offsets.count)")
        }
        guard offsets[0] <= offsets[1] else {
            throw bad("the tensor '\(name)' ends before it begins", got: "data_offsets \(offsets)")
        }
        let size = try byteCount(name, shape, type)
        guard size == offsets[1] - offsets[0] else {
            throw bad(
                "the size of the tensor '\(name)' does not fit its shape",
                expected: "\(size) bytes for \(typeName) \(shape)",
                got: "\(offsets[1] - offsets[0])")
        }
        return Entry(type: type, shape: shape, range: offsets[0]..<offsets[1])
    }

    private func wholeNumbers(
        _ key: String, _ object: JSONObject, _ name: String
    ) throws -> [Int] {
        let values = try located {
            try object.requireArray(key, source: "\(path), tensor '\(name)'")
        }
        return try values.map { value in
            guard let number = value.intValue, number >= 0 else {
                throw bad(
                    "the \(key) of the tensor '\(name)' does not fit",
                    expected: "whole numbers from 0 on",
                    got: value.doubleValue.map { "\($0)" } ?? value.kindName)
            }
            return number
        }
    }

    private func byteCount(_ name: String, _ shape: Shape, _ type: SafetensorsType) throws -> Int {
        var bits = type.bits
        for extent in shape {
            let (product, overflow) = bits.multipliedReportingOverflow(by: extent)
            if overflow {
                throw bad("the size of the tensor '\(name)' overflows", got: "shape \(shape)")
            }
            bits = product
        }
        guard bits % 8 == 0 else {
            throw bad(
                "the tensor '\(name)' does not fill whole bytes",
                got: "\(bits) bits for \(type.name) \(shape)")
        }
        return bits / 8
    }

    /// The tensors' bytes must follow each other from the first to the last byte of the data.
    private func checkLayout(_ fileSize: Int) throws {
        var end = 0
        var before = "the header"
        for name in names {
            guard let range = entries[name]?.range else { continue }
            guard range.lowerBound == end else {
                let what = range.lowerBound > end ? "a gap lies between" : "bytes are shared by"
                throw bad(
                    "\(what) \(before) and the tensor '\(name)'",
                    expected: "the tensor to begin at \(end)", got: "\(range.lowerBound)")
            }
            end = range.upperBound
            before = "the tensor '\(name)'"
        }
        let (described, overflow) = dataStart.addingReportingOverflow(end)
        if overflow { throw bad("the end of \(before) overflows", got: "\(end)") }
        if described > fileSize {
            throw FileError.badData(
                path, at: fileSize,
                "the file is \(byteText(described - fileSize)) short of the \(byteText(described)) its "
                    + "header describes; the download is incomplete")
        }
        if described < fileSize {
            throw FileError.badData(
                path, at: described,
                "\(byteText(fileSize - described)) follow the last tensor",
                expected: "the file to end here")
        }
    }

    /// Adds the header's place to an error about a field.
    private func located<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch var error as FileError {
            error.offset = 8
            throw error
        }
    }

    private func bad(
        _ problem: String, expected: String? = nil, got: String? = nil
    ) -> FileError {
        .badData(path, at: 8, "header: \(problem)", expected: expected, got: got)
    }
}

/// A number of bytes for people: exact when small, with one decimal when large.
private func byteText(_ count: Int) -> String {
    var value = Double(count)
    if value < 10_000 { return "\(count) bytes" }
    for unit in ["kB", "MB", "GB"] {
        value /= 1000
        if value < 1000 || unit == "GB" { return "\((value * 10).rounded() / 10) \(unit)" }
    }
    return "\(count) bytes"
}
