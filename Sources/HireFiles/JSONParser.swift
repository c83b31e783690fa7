/// A strict reader of JSON (RFC 8259): one value, no duplicate keys, no comments, valid UTF-8, bounded depth.
public struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let source: String
    private let limits: JSONLimits
    private var position = 0
    private var values = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>, source: String, limits: JSONLimits) {
        self.bytes = bytes
        self.source = source
        self.limits = limits
    }

    /// The value that the bytes stand for.
    ///
    /// - Parameter source: the origin named in errors, such as the path.
    /// - Throws: `JSONError` with byte offset, line and column.
    public static func parse(
        _ bytes: [UInt8], source: String = "text", limits: JSONLimits = JSONLimits()
    ) throws -> JSONValue {
        try bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(buffer, source: source, limits: limits)
            return try parser.parseDocument()
        }
    }

    /// The value that the text stands for.
    public static func parse(
        _ text: String, source: String = "text", limits: JSONLimits = JSONLimits()
    ) throws -> JSONValue {
        try parse(Array(text.utf8), source: source, limits: limits)
    }

    /// The value in a file.
    ///
    /// - Throws: `FileError` if it cannot be read, `JSONError` if it is not JSON.
    public static func read(
        _ path: String, in fileSystem: any FileSystem = SystemFileSystem(),
        limits: JSONLimits = JSONLimits()
    ) throws -> JSONValue {
        try parse(
            fileSystem.readAll(path, limit: limits.byteCount), source: path, limits: limits)
    }

    // MARK: Values

    private mutating func parseDocument() throws -> JSONValue {
        if bytes.count > limits.byteCount {
            throw error(
                "the text has \(bytes.count) bytes, more than the limit of \(limits.byteCount)")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw error("the text begins with a byte-order mark, which JSON does not allow")
        }
        let value = try parseValue(depth: 0)
        skipSpace()
        if position < bytes.count {
            throw error("expected the end of the text after the value, got \(found())")
        }
        return value
    }

    private mutating func parseValue(depth: Int) throws -> JSONValue {
        skipSpace()
        values += 1
        if values > limits.values { throw error("the text has more than \(limits.values) values") }
        guard position < bytes.count else { throw error("expected a value, got \(found())") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object(try parseObject(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try parseArray(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"):
            try expect("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try expect("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try expect("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        default: throw error("expected a value, got \(found())")
        }
    }

    private mutating func parseObject(depth: Int) throws -> JSONObject {
        try enter(depth)
        var object = JSONObject()
        skipSpace()
        if take("}") { return object }
        while true {
            skipSpace()
            guard peek("\"") else { throw error("expected a key in quotes, got \(found())") }
            let keyPosition = position
            let key = try parseString()
            skipSpace()
            guard take(":") else {
                throw error("expected ':' after the key '\(key)', got \(found())")
            }
            let value = try parseValue(depth: depth)
            if !object.append(key, value) {
                position = keyPosition
                throw error("the key '\(key)' stands twice in one object")
            }
            skipSpace()
            if take("}") { return object }
            guard take(",") else { throw error("expected ',' or '}', got \(found())") }
        }
    }

    private mutating func parseArray(depth: Int) throws -> [JSONValue] {
        try enter(depth)
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return elements }
        while true {
            elements.append(try parseValue(depth: depth))
            skipSpace()
            if take("]") { return elements }
            guard take(",") else { throw error("expected ',' or ']', got \(found())") }
        }
    }

    private mutating func enter(_ depth: Int) throws {
        if depth > limits.depth {
            throw error("arrays and objects are nested more than \(limits.depth) deep")
        }
        position += 1
    }

    // MARK: Numbers

    private mutating func parseNumber() throws -> JSONValue {
        let start = position
        let negative = take("-")
        if take("0") {
            if isDigit { throw error("a number may not begin with 0") }
        } else {
            try takeDigits()
        }
        var whole = true
        if take(".") {
            whole = false
            try takeDigits()
        }
        if take("e") || take("E") {
            whole = false
            if !take("+") { _ = take("-") }
            try takeDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // Minus zero has no whole number; a whole number beyond 64 bits (tokenizer files have one) becomes inexact.
        if whole, !(negative && text == "-0"), let integer = Int64(text) {
            return .integer(integer)
        }
        guard let number = Double(text), number.isFinite else {
            position = start
            throw error("the number \(text.prefix(40)) is too large")
        }
        return .number(number)
    }

    private var isDigit: Bool {
        position < bytes.count && bytes[position] >= 0x30 && bytes[position] <= 0x39
    }

    private mutating func takeDigits() throws {
        guard isDigit else { throw error("expected a digit, got \(found())") }
        while isDigit { position += 1 }
    }

    // MARK: Strings

    private mutating func parseString() throws -> String {
        let opening = position
        position += 1
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                let text = try decode(start..<position)
                position += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try parseEscapedString(from: start, opening) }
            if byte < 0x20 { throw error("a string contains an unescaped control character") }
            position += 1
        }
        position = opening
        throw error("the string that begins here does not end")
    }

    private mutating func parseEscapedString(from start: Int, _ opening: Int) throws -> String {
        var text = [UInt8](bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                guard let result = String(validating: text, as: UTF8.self) else {
                    position = opening
                    throw error("the string that begins here is not UTF-8")
                }
                return result
            }
            if byte < 0x20 { throw error("a string contains an unescaped control character") }
            if byte == UInt8(ascii: "\\") {
                text.append(contentsOf: UTF8.encode(try parseEscape()) ?? .init([]))
            } else {
                text.append(byte)
                position += 1
            }
        }
        position = opening
        throw error("the string that begins here does not end")
    }

    private mutating func parseEscape() throws -> Unicode.Scalar {
        guard position + 1 < bytes.count else {
            throw error("the escape that begins here does not end")
        }
        let kind = bytes[position + 1]
        if let scalar = JSONParser.simpleEscape(kind) {
            position += 2
            return scalar
        }
        guard kind == UInt8(ascii: "u") else { throw error("this escape is unknown") }
        let first = try parseHex(at: position + 2)
        if let scalar = Unicode.Scalar(first) {
            position += 6
            return scalar
        }
        let isPair =
            first < 0xDC00 && position + 7 < bytes.count && bytes[position + 6] == 0x5C
            && bytes[position + 7] == 0x75
        if isPair {
            let second = try parseHex(at: position + 8)
            if second >= 0xDC00, second < 0xE000,
                let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
            {
                position += 12
                return scalar
            }
        }
        throw error("half of a surrogate pair stands alone")
    }

    private static func simpleEscape(_ kind: UInt8) -> Unicode.Scalar? {
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): Unicode.Scalar(kind)
        case UInt8(ascii: "b"): "\u{8}"
        case UInt8(ascii: "f"): "\u{C}"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "t"): "\t"
        default: nil
        }
    }

    private func parseHex(at start: Int) throws -> UInt32 {
        var value: UInt32 = 0
        for index in start..<(start + 4) {
            let byte = index < bytes.count ? bytes[index] : 0
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: throw error("\\u needs four hexadecimal digits")
            }
        }
        return value
    }

    private func decode(_ range: Range<Int>) throws -> String {
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw error("the string that ends here is not UTF-8")
        }
        return text
    }

    // MARK: Bytes

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private func peek(_ scalar: Unicode.Scalar) -> Bool {
        position < bytes.count && bytes[position] == UInt8(ascii: scalar)
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        if !peek(scalar) { return false }
        position += 1
        return true
    }

    private mutating func expect(_ word: String) throws {
        for scalar in word.unicodeScalars where !take(scalar) {
            throw error("expected '\(word)', got \(found())")
        }
    }

    private func found() -> String {
        guard position < bytes.count else { return "the end of the text" }
        let byte = bytes[position]
        if byte > 0x20, byte < 0x7F { return "'\(Unicode.Scalar(byte))'" }
        return "the byte 0x\(String(byte, radix: 16, uppercase: true))"
    }

    private func error(_ problem: String) -> JSONError {
        let before = bytes[..<min(position, bytes.count)]
        let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONError(
            source: source, offset: position, line: line, column: position - lineStart + 1,
            problem: problem)
    }
}
