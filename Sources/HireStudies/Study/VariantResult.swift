import Foundation
import HireFiles

/// What came out for one variant: a line of the journal and a row of the table.
public struct VariantResult: Sendable, Equatable, Codable {
    /// The variant.
    public var variant: String
    /// Over all questions.
    public var accuracy: Accuracy
    /// Per question type, in the task's order.
    public var byType: [Accuracy]
    /// Pictures asked about.
    public var images: Int
    /// Parameters and multiply-adds; nil for a baseline without a model.
    public var cost: PipelineCost?
    /// Wall time of an answer to all questions about one picture, per picture.
    public var secondsPerImage: Double?
    /// The most bytes of arrays held while training.
    public var trainingPeakBytes: Int?
    /// The most bytes of arrays held while answering.
    public var evaluationPeakBytes: Int?
    /// Wall time of training.
    public var trainingSeconds: Double?
    /// Mean loss of the last tenth of the steps.
    public var finalLoss: Double?
    /// Files with captured features, relative to the run's folder.
    public var shards: [String]

    enum CodingKeys: String, CodingKey {
        case variant, accuracy
        case byType = "by_type"
        case images, cost
        case secondsPerImage = "seconds_per_image"
        case trainingPeakBytes = "training_peak_bytes"
        case evaluationPeakBytes = "evaluation_peak_bytes"
        case trainingSeconds = "training_seconds"
        case finalLoss = "final_loss"
        case shards
    }

    /// The result of an evaluation; costs are added by whoever knows them.
    public init(_ variant: String, _ report: EvaluationReport) {
        self.variant = variant
        accuracy = report.overall
        byType = report.byType
        images = report.imageCount
        shards = []
    }

    /// The result as JSON.
    public func json() throws -> JSONObject {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let value = try JSONParser.parse([UInt8](encoder.encode(self)), source: "result")
        return value.objectValue ?? JSONObject()
    }

    /// A result read back from JSON.
    ///
    /// - Throws: `FileError` naming `source` if it is not one.
    public init(_ json: JSONObject, source: String) throws {
        let text = try JSONWriter().string(.object(json))
        do {
            self = try JSONDecoder().decode(VariantResult.self, from: Data(text.utf8))
        } catch {
            throw FileError.badData(source, "the result of a variant cannot be read")
        }
    }
}
