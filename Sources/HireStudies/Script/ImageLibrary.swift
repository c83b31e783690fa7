import HireImaging
import HireVLM

/// `hire.image`: pictures.
public enum ImageLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "image", summary: "Pictures from PNG, JPEG and WebP files.", functions: [open],
        classes: [ImageObject.scriptClass])

    private static let open = ScriptFunction(
        "open",
        "Reads a PNG, JPEG or WebP file; damaged files and files that claim too much are refused.",
        parameters: [ScriptParameter("path", .path, "The file.")],
        returns: [ScriptResult(.object("hire.Image"), "the picture")]
    ) { arguments in
        [.object(ImageObject(try Image(reading: arguments.string("path"))))]
    }
}
