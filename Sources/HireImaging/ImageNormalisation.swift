/// The mean and deviation of each colour channel, on the scale from 0 to 1, that an encoder was trained with.
public struct ImageNormalisation: Sendable, Hashable {
    /// Subtracted from red, green and blue.
    public var mean: [Float]
    /// Divides what is left.
    public var deviation: [Float]

    /// Normalisation from three means and three deviations.
    ///
    /// - Throws: `ImageError` for another number of values or a deviation that is not positive.
    public init(mean: [Float], deviation: [Float]) throws {
        guard mean.count == 3, deviation.count == 3, deviation.allSatisfy({ $0 > 0 }) else {
            throw ImageError(
                operation: "normalise an image",
                problem: "expected 3 means and 3 positive deviations, got \(mean) and \(deviation)")
        }
        self.init(trusted: mean, deviation)
    }

    private init(trusted mean: [Float], _ deviation: [Float]) {
        self.mean = mean
        self.deviation = deviation
    }

    /// Only scales bytes to the range from 0 to 1.
    public static let unit = ImageNormalisation(trusted: [0, 0, 0], [1, 1, 1])
    /// OpenAI CLIP.
    public static let clip = ImageNormalisation(
        trusted: [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
    /// ImageNet, used by DINOv2.
    public static let imageNet = ImageNormalisation(
        trusted: [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    /// SigLIP: from -1 to 1.
    public static let half = ImageNormalisation(trusted: [0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
}
