import HireFiles
import HireTestSupport
import Testing

/// The cases that Tests/Goldens/generate/images.py made.
enum GoldenImages {
    struct Case: Sendable, CustomTestStringConvertible {
        var kind, file, filter: String
        var width, height: Int
        var testDescription: String { file }
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        try SystemFileSystem().readAll(goldenPath("images/\(name)"))
    }

    static func cases(_ kind: String) -> [Case] {
        let all = try? JSONParser.read(goldenPath("images/manifest.json"))["cases"]?.arrayValue
        return (all ?? []).compactMap { entry in
            guard let object = entry.objectValue, object["kind"]?.stringValue == kind else {
                return nil
            }
            return Case(
                kind: kind, file: object["file"]?.stringValue ?? "",
                filter: object["filter"]?.stringValue ?? "", width: object["width"]?.intValue ?? 0,
                height: object["height"]?.intValue ?? 0)
        }
    }
}
