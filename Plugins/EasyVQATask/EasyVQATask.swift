import HireFiles
import HireImaging
import HireVLM

/// Reads the data of the PyPI package easy-vqa as it is unpacked: questions are `[question, answer, image]`.
final class EasyVQATask: Task {
    let id = "easy-vqa"
    let origin: String
    let questionTypes = ["colour", "shape", "yes/no"]
    let corpus: [String]
    private let folder: String
    private let splits: [DataSplit: [Sample]]
    private let counts: [DataSplit: Int]
    private let files = SystemFileSystem()
    private var digest: String?

    init(_ configuration: EasyVQATaskConfiguration) throws {
        folder = configuration.folder
        var splits: [DataSplit: [Sample]] = [:]
        var counts: [DataSplit: Int] = [:]
        for split in DataSplit.allCases {
            let samples = try Self.read("\(folder)/\(split.rawValue)/questions.json", split, files)
            splits[split] = samples
            counts[split] = (samples.map(\.imageIndex).max() ?? -1) + 1
        }
        self.splits = splits
        self.counts = counts
        let all = DataSplit.allCases.flatMap { splits[$0] ?? [] }
        corpus = Set(all.flatMap { [$0.question, $0.answer] }).sorted()
        let images = counts.values.reduce(0, +)
        origin = "easy-VQA 1.0, \(images) pictures, \(all.count) questions"
    }

    /// The digests of all files, questions and pictures, in order; computed once.
    func dataDigest() throws -> String {
        if let digest { return digest }
        var whole = SHA256()
        for split in DataSplit.allCases {
            let images = (0..<imageCount(split)).map { "images/\($0).png" }
            for name in ["questions.json"] + images {
                let path = "\(folder)/\(split.rawValue)/\(name)"
                // A picture that nothing asks about may be missing.
                let part = try files.exists(path) ? SHA256.hex(ofFile: path, in: files) : "none"
                Array("\(split.rawValue)/\(name) \(part)\n".utf8).withUnsafeBytes {
                    whole.update($0)
                }
            }
        }
        digest = whole.hexDigest
        return whole.hexDigest
    }

    func imageCount(_ split: DataSplit) -> Int { counts[split] ?? 0 }

    func samples(_ split: DataSplit) -> [Sample] { splits[split] ?? [] }

    func image(_ split: DataSplit, at index: Int) throws -> Image {
        try Image(reading: "\(folder)/\(split.rawValue)/images/\(index).png")
    }

    private static func read(
        _ path: String, _ split: DataSplit, _ files: any FileSystem
    ) throws -> [Sample] {
        guard case .array(let rows) = try JSONParser.read(path, in: files) else {
            throw FileError.badData(
                path, "the file does not hold a list", expected: "a JSON array of questions")
        }
        return try rows.enumerated().map { number, row in
            guard case .array(let fields) = row, fields.count == 3,
                let question = fields[0].stringValue, let answer = fields[1].stringValue,
                let image = fields[2].intValue, image >= 0
            else {
                throw FileError.badData(
                    path, "entry \(number + 1) does not fit",
                    expected: "[question, answer, image number]", got: row.kindName)
            }
            return Sample(
                id: "\(split.rawValue)/\(number)", imageIndex: image, question: question,
                answer: answer, type: type(of: answer))
        }
    }

    /// Colours are what is neither a shape nor yes or no.
    private static func type(of answer: String) -> Int {
        switch answer {
        case "circle", "rectangle", "triangle": 1
        case "yes", "no": 2
        default: 0
        }
    }
}
