import HireFiles
import HireImaging
import HireVLM

/// The pictures and questions of a capture, in their order.
public struct CaptureSource {
    /// Where they come from, for tables and manifests.
    public var origin: String
    /// One sample per picture and question.
    public var samples: [Sample]
    /// Whether questions are asked; without, nothing behind the projector runs.
    public var hasQuestions: Bool
    /// The picture of a sample.
    public var image: (_ sample: Int) throws -> Image
    /// A digest of what determines a sample's numbers.
    public var digest: (_ sample: Int) throws -> String
    /// Grades an answer, where there is a reference.
    public var grade: ((_ answer: String, _ sample: Sample) -> Double)?

    /// Questions of a task, those of one picture behind each other.
    ///
    /// - Parameter count: how many; nil takes all.
    public static func task(_ task: any Task, _ split: DataSplit, count: Int?) -> CaptureSource {
        let all = task.samples(split)
        let samples = Array(all.prefix(count ?? all.count))
        // Texts alone would not tell a picture that was replaced; asked for once, as it may read every file.
        var data: String?
        return CaptureSource(
            origin: task.origin, samples: samples, hasQuestions: true,
            image: { try task.image(split, at: samples[$0].imageIndex) },
            digest: { index in
                let sample = samples[index]
                let whole = try data ?? task.dataDigest()
                data = whole
                let parts = [
                    task.id, task.origin, whole, split.rawValue, sample.id, "\(sample.imageIndex)",
                    sample.question, sample.answer,
                ]
                return SHA256.hex(of: parts.joined(separator: "\u{0}").utf8)
            }, grade: { task.grade($0, for: $1) })
    }

    /// Pictures at hand, each asked the same question or none.
    public static func images(_ images: [Image], question: String?) -> CaptureSource {
        CaptureSource(
            origin: "\(images.count) pictures",
            samples: samples(images.indices.map { "picture-\($0 + 1)" }, question),
            hasQuestions: question != nil, image: { images[$0] },
            digest: { index in
                let image = images[index]
                var hash = SHA256()
                Array("\(image.width)x\(image.height) ".utf8).withUnsafeBytes { hash.update($0) }
                image.pixels.withUnsafeBytes { hash.update($0) }
                return hash.hexDigest
            })
    }

    /// Files of pictures, decoded when their turn comes.
    public static func files(
        _ paths: [String], question: String?, fileSystem: any FileSystem = SystemFileSystem()
    ) -> CaptureSource {
        CaptureSource(
            origin: "\(paths.count) files", samples: samples(paths, question),
            hasQuestions: question != nil,
            image: { try Image(reading: paths[$0]) },
            digest: { try SHA256.hex(ofFile: paths[$0], in: fileSystem) })
    }

    private static func samples(_ ids: [String], _ question: String?) -> [Sample] {
        ids.enumerated().map { index, id in
            Sample(id: id, imageIndex: index, question: question ?? "", answer: "", type: 0)
        }
    }
}
