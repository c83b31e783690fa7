import HireFiles
import Testing

/// A broken safetensors file, and what the refusal must say.
struct MalformedFile: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let offset: Int
    let parts: [String]

    var testDescription: String { name }

    private init(_ name: String, _ bytes: [UInt8], at offset: Int = 8, _ parts: String...) {
        self.name = name
        self.bytes = bytes
        self.offset = offset
        self.parts = parts
    }

    private static func file(
        _ header: String, length: UInt64? = nil, data: Int = 0
    ) -> [UInt8] {
        SafetensorsBuilder(header, length: length, data: [UInt8](repeating: 0, count: data)).bytes
    }

    private static func tensor(
        _ dtype: String, _ shape: String, _ begin: String, _ end: String, data: Int = 0
    ) -> [UInt8] {
        file("{\(SafetensorsBuilder.entry("w", dtype, shape, begin, end))}", data: data)
    }

    private static func two(
        _ first: (Int, Int), _ second: (Int, Int), data: Int
    ) -> [UInt8] {
        func entry(_ name: String, _ range: (Int, Int)) -> String {
            SafetensorsBuilder.entry(
                name, "U8", "[\(range.1 - range.0)]", "\(range.0)", "\(range.1)")
        }
        return file("{\(entry("a", first)),\(entry("b", second))}", data: data)
    }

    private static let good = SafetensorsBuilder.entry("w", "F32", "[2]", "0", "8")

    /// The rows of the reference implementation's checks, and ours.
    static let all: [MalformedFile] = [
        .init("empty file", [], at: 0, "too short", "at least 8 bytes", "got 0"),
        .init("seven bytes", [1, 0, 0, 0, 0, 0, 0], at: 0, "too short", "got 7"),
        .init(
            "length over the limit", file("{}", length: 100_000_001), at: 0, "too long",
            "got 100000001"),
        .init("length beyond 63 bits", file("{}", length: .max), at: 0, "too long"),
        .init(
            "header past the end", file("{}", length: 50), at: 0, "runs past the end",
            "download is incomplete", "expected 58 bytes, got 10"),
        .init(
            "header not UTF-8", [4, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x22, 0xFF, 0x22], at: 11, "UTF-8"),
        .init("empty header", file(""), "expected a value"),
        .init("header no JSON", file("{w}"), at: 9, "expected a key"),
        .init("header an array", file("[]"), "expected a JSON object", "an array"),
        .init("header cut", file("{\"w\":"), at: 13, "the end of the text"),
        .init(
            "header nested without end", file(String(repeating: "[", count: 5000)), at: 12,
            "nested"),
        .init(
            "two values", file("{}{}"), at: 10, "expected the end of the text"),
        .init("entry no object", file("{\"w\":3}"), "'w'", "an object", "a whole number"),
        .init(
            "dtype missing", file("{\"w\":{\"shape\":[],\"data_offsets\":[0,0]}}"), "'w'", "'dtype'"
        ),
        .init(
            "dtype no string", file("{\"w\":{\"dtype\":1,\"shape\":[],\"data_offsets\":[0,0]}}"),
            "'w'", "'dtype'", "a string"),
        .init("dtype unknown", tensor("F33", "[1]", "0", "4", data: 4), "'w'", "dtype", "got F33"),
        .init(
            "shape missing", file("{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", data: 4),
            "'w'", "'shape'"),
        .init(
            "shape no array", tensor("F32", "4", "0", "4", data: 4), "'w'", "'shape'", "an array"),
        .init("shape negative", tensor("F32", "[-1]", "0", "4", data: 4), "shape", "'w'", "-1"),
        .init("shape fractional", tensor("F32", "[1.5]", "0", "6", data: 6), "shape", "'w'", "1.5"),
        .init("shape of text", tensor("F32", "[\"1\"]", "0", "4", data: 4), "shape", "a string"),
        .init("offset negative", tensor("F32", "[1]", "-4", "0"), "data_offsets", "'w'", "-4"),
        .init("offset fractional", tensor("F32", "[1]", "0", "4.5"), "data_offsets", "4.5"),
        .init(
            "offset beyond 64 bits", tensor("F32", "[1]", "0", "36893488147419103232"),
            "data_offsets", "'w'"),
        .init(
            "three offsets",
            file("{\"w\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1,2]}}"),
            "two numbers", "got 3"),
        .init("unknown field", file("{\"w\":{\"dtype\":\"U8\",\"shap\":[]}}"), "'shap'", "'w'"),
        .init("metadata no object", file("{\"__metadata__\":[]}"), "__metadata__", "an array"),
        .init("metadata no string", file("{\"__metadata__\":{\"k\":1}}"), "'k'", "a string"),
        .init(
            "duplicate name", file("{\(good),\(good)}", data: 8), at: 9 + good.utf8.count + 1,
            "'w' stands twice"),
        .init(
            "duplicate under an escape",
            file("{\(good),\(good.replacing("\"w\"", with: "\"\\u0077\""))}", data: 8),
            at: 9 + good.utf8.count + 1, "'w' stands twice"),
        .init(
            "ends before it begins", tensor("U8", "[0]", "4", "0", data: 4), "'w'", "ends before"),
        .init(
            "gap at the start", tensor("U8", "[2]", "2", "4", data: 4), "the header", "'w'",
            "begin at 0"),
        .init("gap between", two((0, 2), (3, 4), data: 4), "a gap lies between", "'a'", "'b'"),
        .init("overlap", two((0, 3), (2, 4), data: 4), "shared", "'a'", "'b'"),
        .init("alias", two((0, 4), (0, 4), data: 4), "shared", "'a'", "'b'"),
        .init(
            "shape overflows", tensor("F32", "[4294967296,4294967296]", "0", "4", data: 4),
            "'w'", "overflows"),
        .init(
            "bits overflow", tensor("F32", "[1152921504606846976]", "0", "4", data: 4), "overflows"),
        .init("sub-byte", tensor("F4", "[3]", "0", "1", data: 1), "'w'", "whole bytes"),
        .init(
            "size does not fit", tensor("F32", "[2]", "0", "4", data: 4), "'w'",
            "expected 8 bytes for F32 [2], got 4"),
        .init(
            "download incomplete", tensor("F32", "[300000]", "0", "1200000", data: 200_000),
            at: 8 + 65 + 200_000, "1.0 MB short of the 1.2 MB", "the download is incomplete"),
        .init(
            "trailing bytes", file("{\(good)}", data: 11), at: 8 + good.utf8.count + 2 + 8,
            "3 bytes follow the last tensor"),
        .init(
            "bytes without tensors", file("{}", data: 1), at: 10, "1 bytes follow"),
    ]
}
