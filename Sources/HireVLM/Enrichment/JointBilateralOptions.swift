/// The options that every enricher made of joint bilateral stages has.
public enum JointBilateralOptions {
    /// The widest reach of a kernel: 31 x 31 taps per pixel.
    public static let largestRadius = 15
    /// The widest space in which neighbours are compared.
    public static let largestKey = 4096

    /// What these options mean, by key.
    public static let notes = [
        "key_size":
            "Width of the space in which the bilateral kernels compare neighbours.",
        "radius":
            "Reach of the bilateral kernels: (2r+1)^2 taps.",
        "fixup":
            "Whether a perceptron corrects the normalised kernels, as in FeatUp.",
        "dropout":
            "Probability with which training drops a channel inside the bilateral stages.",
    ]

    /// Checks radius, key size and dropout.
    ///
    /// - Parameters:
    ///   - coarsest: rows and columns of the smallest grid that a stage works on; a kernel must not reach over it.
    ///   - plugin: the id that messages name.
    /// - Throws: `PluginError.configuration`.
    public static func check(
        radius: Int, keySize: Int, dropout: Double, coarsest: SIMD2<Int>, plugin: String
    ) throws {
        func complaint(_ key: String, _ problem: String) -> PluginError {
            .configuration(plugin: plugin, key: key, problem: problem)
        }
        guard (0...largestRadius).contains(radius) else {
            throw complaint("radius", "must be from 0 to \(largestRadius), got \(radius)")
        }
        guard radius < coarsest.min() else {
            throw complaint(
                "radius",
                "must be smaller than the coarsest guidance map \(coarsest.x)x\(coarsest.y), whose border the "
                    + "kernels reflect, got \(radius)")
        }
        guard (1...largestKey).contains(keySize) else {
            throw complaint("key_size", "must be from 1 to \(largestKey), got \(keySize)")
        }
        guard (0..<1).contains(dropout) else {
            throw complaint("dropout", "must be in [0, 1), got \(dropout)")
        }
    }
}
