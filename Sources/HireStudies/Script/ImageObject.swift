import HireArray
import HireFiles
import HireImaging
import HireTensor
import HireVLM

/// A picture in a script's hands.
public final class ImageObject: ScriptObject {
    /// The picture.
    public let image: Image
    /// The same as the text of an SVG file, of plots only.
    private let svg: String?

    /// A handle on a picture.
    ///
    /// - Parameter svg: the same as shapes, where it is made of some.
    public init(_ image: Image, svg: String? = nil) {
        self.image = image
        self.svg = svg
    }

    /// One line for `tostring`.
    public var scriptDescription: String { "image \(image.width)x\(image.height)" }

    /// The picture itself.
    public var scriptPicture: [UInt8]? { try? image.png() }

    /// Methods and properties.
    public static let scriptClass = ScriptClass(
        name: "hire.Image", summary: "A picture of 8-bit RGB pixels.",
        methods: [
            ScriptFunction(
                "save", "Writes the picture as PNG, or a plot as SVG; notebooks also show it.",
                parameters: [
                    ScriptParameter(
                        "path", .path,
                        "The file, .svg for a plot as shapes; folders above it are made.")
                ], returns: [ScriptResult(.string, "the path")]
            ) { arguments in
                let receiver = arguments.receiver(ImageObject.self)
                let path = try arguments.string("path")
                let writer = AtomicWriter()
                let png = try receiver.image.png()
                if FilePath.fileExtension(of: path) == "svg" {
                    guard let svg = receiver.svg else {
                        throw ScriptError.message(
                            "\(arguments.function): only plots (hire.picture.bars and curves) can be written as SVG; "
                                + "this picture is made of pixels, so use a .png.")
                    }
                    try writer.fileSystem.makeFolders(FilePath.folder(of: path))
                    try writer.write(svg, to: path)
                } else {
                    try writer.fileSystem.makeFolders(FilePath.folder(of: path))
                    try writer.write(png, to: path)
                }
                arguments.host.show(png: png, path: path)
                return [.string(path)]
            },
            ScriptFunction(
                "show", "Shows the picture beneath a notebook's cell; elsewhere nothing happens."
            ) { arguments in
                let image = arguments.receiver(ImageObject.self).image
                arguments.host.show(png: try image.png(), path: "picture.png")
                return []
            },
            ScriptFunction(
                "resize", "The picture at another size (Pillow's filters).",
                parameters: [
                    ScriptParameter("width", .integer, "Pixels per row."),
                    .optional("height", .integer, "Rows.", default: "the width"),
                ],
                options: [
                    .optional(
                        "filter", .choice(ResizeFilter.allCases.map(\.rawValue)),
                        "How pixels are weighed.", default: "\"bicubic\"")
                ], returns: [ScriptResult(.object("hire.Image"), "the new picture")]
            ) { arguments in
                let width = try arguments.integer("width")
                let filter = ResizeFilter(
                    rawValue: try arguments.string("filter", default: "bicubic"))
                let resized = try arguments.receiver(ImageObject.self).image.resized(
                    width: width, height: try arguments.integer("height", default: width),
                    filter ?? .bicubic)
                return [.object(ImageObject(resized))]
            },
            ScriptFunction(
                "tensor", "The picture as numbers from 0 to 1.",
                returns: [ScriptResult(.tensor, "[1, 3, H, W]")]
            ) { arguments in
                let image = arguments.receiver(ImageObject.self).image
                let area = image.width * image.height
                var values = [Float](repeating: 0, count: 3 * area)
                for (index, byte) in image.pixels.enumerated() {
                    values[index % 3 * area + index / 3] = Float(byte) / 255
                }
                return [
                    .tensor(
                        try arguments.host.context.tensor(
                            values, [1, 3, image.height, image.width]))
                ]
            },
        ],
        properties: [
            ScriptProperty("width", .integer, "Pixels per row.") { .integer(image(of: $0).width) },
            ScriptProperty("height", .integer, "Rows.") { .integer(image(of: $0).height) },
        ])

    private static func image(of object: any ScriptObject) -> Image {
        guard let object = object as? ImageObject else {
            preconditionFailure("A property of hire.Image was read from another class.")
        }
        return object.image
    }
}
