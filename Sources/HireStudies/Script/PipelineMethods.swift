import HireArray
import HireFiles
import HireImaging
import HireNN
import HireTensor
import HireVLM

/// The methods of `hire.Pipeline`.
enum PipelineMethods {
    static let images = ScriptParameter(
        "images", .either([.object("hire.Image"), .list(.object("hire.Image"))]),
        "One picture or several.")

    static let seeing = [
        ScriptFunction(
            "high_resolution",
            "The enricher's map before pooling, where its upsampling is linear (bicubic, jbu, hire, featup): all of it, some "
                + "channels, a region or principal components, in memory or to a file.",
            parameters: [images], options: HighResolutionCall.options,
            returns: HighResolutionCall.results
        ) { arguments in
            let pipeline = arguments.receiver(PipelineObject.self).pipeline
            return try HighResolutionCall(arguments, pipeline).run {
                let views = try pipeline.views(of: pictures(arguments))
                return (try pipeline.encoder(views.low), views)
            }
        },
        ScriptFunction(
            "low_view", "A picture as the encoder sees it.",
            parameters: [ScriptParameter("image", .object("hire.Image"), "The picture.")],
            returns: [ScriptResult(.object("hire.Image"), "the low view without its normalisation")]
        ) { arguments in
            let pipeline = arguments.receiver(PipelineObject.self).pipeline
            let image = try arguments.object("image", ImageObject.self).image
            let preprocessing = pipeline.recipe.preprocessing
            let low = try pipeline.views(of: [image]).low
            let normalisation = try ImageNormalisation(
                mean: preprocessing.mean.map(Float.init),
                deviation: preprocessing.deviation.map(Float.init))
            return [.object(ImageObject(try Image(low.array, normalisation)))]
        },
        ScriptFunction(
            "views", "The normalised views of pictures.", parameters: [images],
            returns: [
                ScriptResult(.tensor, "the high view [N, 3, R, R]"),
                ScriptResult(.tensor, "the low view [N, 3, r, r]"),
            ]
        ) { arguments in
            let pipeline = arguments.receiver(PipelineObject.self).pipeline
            let views = try pipeline.views(of: pictures(arguments))
            return [.tensor(views.high), .tensor(views.low)]
        },
    ]

    static func pictures(_ arguments: ScriptArguments, _ name: String = "images") throws -> [Image]
    {
        if case .list(let items) = arguments.value(name) {
            return try items.map { item in
                guard case .object(let object) = item, let image = object as? ImageObject else {
                    throw arguments.mismatch(name, "a picture or a list of pictures")
                }
                return image.image
            }
        }
        return [try arguments.object(name, ImageObject.self).image]
    }
}
