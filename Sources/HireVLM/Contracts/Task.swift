import HireFiles
import HireImaging

/// Pictures, questions and answers with a way to grade.
public protocol Task: AnyObject {
    /// The plugin id.
    var id: String { get }
    /// Where the data came from, for tables: "easy-VQA 1.0, 5,000 images".
    var origin: String { get }
    /// Names of the question types, in the order of tables.
    var questionTypes: [String] { get }
    /// Every text that may be asked or answered, for closed vocabularies.
    var corpus: [String] { get }
    /// Pictures in a split.
    func imageCount(_ split: DataSplit) -> Int
    /// Questions in a split, ordered by picture.
    func samples(_ split: DataSplit) -> [Sample]
    /// A picture of a split.
    func image(_ split: DataSplit, at index: Int) throws -> Image
    /// 1 for a right answer, 0 for a wrong one, or between.
    func grade(_ answer: String, for sample: Sample) -> Double
    /// SHA-256 in hexadecimal of everything that pictures, questions and answers come from: files, or the options of a
    /// generator. Results are never taken over from other data.
    func dataDigest() throws -> String
}

extension Task {
    /// The digest of all texts: questions, answers and which picture they are about.
    ///
    /// A task whose pictures can change while its texts stay must do better.
    public func dataDigest() throws -> String {
        var digest = SHA256()
        for split in DataSplit.allCases {
            for sample in samples(split) {
                let line: JSONValue = [
                    .string(split.rawValue), .string(sample.id),
                    .integer(Int64(sample.imageIndex)), .string(sample.question),
                    .string(sample.answer), .integer(Int64(sample.type)),
                ]
                var text = try JSONWriter().string(line)
                text.withUTF8 { digest.update(UnsafeRawBufferPointer($0)) }
            }
        }
        return digest.hexDigest
    }

    /// Exact match, ignoring case and surrounding white space.
    public func grade(_ answer: String, for sample: Sample) -> Double {
        let trim = { (text: String) in
            text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        return trim(answer) == trim(sample.answer) ? 1 : 0
    }
}

/// The parts of a data set.
public enum DataSplit: String, Sendable, CaseIterable, Codable {
    case train, test
}

/// One question about one picture.
public struct Sample: Sendable, Equatable {
    /// Unique inside its split.
    public let id: String
    /// The picture's index inside its split.
    public let imageIndex: Int
    /// The question as text.
    public let question: String
    /// The reference answer as text.
    public let answer: String
    /// Index into the task's `questionTypes`.
    public let type: Int

    /// A sample given its fields.
    public init(id: String, imageIndex: Int, question: String, answer: String, type: Int) {
        self.id = id
        self.imageIndex = imageIndex
        self.question = question
        self.answer = answer
        self.type = type
    }
}
