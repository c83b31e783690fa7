import Foundation
import HireArray
import HireNN
import HireTensor
import Testing

/// One case of an operation that PyTorch computed (made by generate/ops.py).
struct GoldenCase: Sendable, CustomTestStringConvertible {
    /// What the file says about a case.
    struct Record: Decodable, Sendable {
        let name: String
        let op: String
        let settings: [String: Setting]
        let tensors: [String]
        let lists: [String: Int]
        let results: Int
    }

    /// A setting by its JSON type.
    enum Setting: Decodable, Sendable {
        case flag(Bool)
        case integer(Int)
        case number(Double)
        case integers([Int])
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Bool.self) {
                self = .flag(value)
            } else if let value = try? container.decode(Int.self) {
                self = .integer(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode([Int].self) {
                self = .integers(value)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        var value: OpValue {
            switch self {
            case .flag(let value): .flag(value)
            case .integer(let value): .integer(value)
            case .number(let value): .number(value)
            case .integers(let value): .integers(value)
            case .text(let value): .choice(value)
            }
        }
    }

    let path: String
    let record: Record

    var testDescription: String { record.name }

    /// All cases of all files.
    static func all() throws -> [GoldenCase] {
        let folder = URL(filePath: #filePath).appending(path: "../../Goldens/ops").standardized
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".safetensors") }.sorted()
        return try files.flatMap { name in
            let path = folder.appending(path: name).path
            let file = try SafetensorsFile.read(path, backend: reader)
            let records = try JSONDecoder().decode(
                [Record].self, from: Data((file.metadata["cases"] ?? "").utf8))
            return records.map { GoldenCase(path: path, record: $0) }
        }
    }
}
