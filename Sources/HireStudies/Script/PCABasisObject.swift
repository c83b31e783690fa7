import HireTensor
import HireVLM

/// A basis of principal components in a script's hands.
public final class PCABasisObject: ScriptObject {
    /// The basis and its scale.
    public let pca: FeaturePCA

    /// A handle on a basis.
    public init(_ pca: FeaturePCA) { self.pca = pca }

    /// One line for `tostring`.
    public var scriptDescription: String {
        let percent = Int((100 * pca.explained.reduce(0, +)).rounded())
        return "basis of \(pca.ranges.count) components for \(pca.components.mean.count) channels, "
            + "\(percent) % of the variance"
    }

    /// Methods and properties.
    public static let scriptClass = ScriptClass(
        name: "hire.PCABasis",
        summary:
            "Principal components of feature maps, and the scale on which they become colours.",
        methods: [
            ScriptFunction(
                "images",
                "A map as colours: its coordinates along the first three components as red, green and blue.",
                parameters: [
                    ScriptParameter(
                        "map", .tensor, "[N, C, H, W], or coordinates [N, k, H, W].")
                ],
                options: [
                    .optional(
                        "projected", .boolean,
                        "Whether the map holds coordinates already, as `high_resolution` with `pca` gives them.",
                        default: "false")
                ],
                returns: [ScriptResult(.list(.object("hire.Image")), "one pixel per position")]
            ) { arguments in
                let pca = arguments.receiver(PCABasisObject.self).pca
                let map = try arguments.tensor("map")
                let images =
                    try arguments.boolean("projected", default: false)
                    ? pca.images(coordinates: map) : pca.images(map)
                return [.list(images.map { .object(ImageObject($0)) })]
            },
            ScriptFunction(
                "project", "The coordinates of a map's features along the components.",
                parameters: [ScriptParameter("map", .tensor, "[N, C, H, W].")],
                returns: [ScriptResult(.tensor, "[N, k, H, W]")]
            ) { arguments in
                let pca = arguments.receiver(PCABasisObject.self).pca
                return [.tensor(try pca.projection(arguments.tensor("map")))]
            },
        ],
        properties: [
            ScriptProperty("count", .integer, "How many components there are.") {
                .integer(pca(of: $0).ranges.count)
            },
            ScriptProperty(
                "explained", .list(.number),
                "The share of the variance that each component explains, from 0 to 1."
            ) { .list(pca(of: $0).explained.map { .number($0) }) },
            ScriptProperty("variances", .list(.number), "The variance along each component.") {
                .list(pca(of: $0).components.variances.map { .number($0) })
            },
            ScriptProperty("mean", .list(.number), "The features that have coordinates of zero.") {
                .list(pca(of: $0).components.mean.map { .number($0) })
            },
            ScriptProperty(
                "directions", .list(.any), "The components: lists of one number per channel."
            ) {
                .list(
                    pca(of: $0).components.directions.map { .list($0.map { .number($0) }) })
            },
        ])

    private static func pca(of object: any ScriptObject) -> FeaturePCA {
        guard let object = object as? PCABasisObject else {
            preconditionFailure("A property of hire.PCABasis was read from another class.")
        }
        return object.pca
    }
}
