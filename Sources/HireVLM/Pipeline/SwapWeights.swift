import HireArray
import HireFiles
import HireNN

/// Weights for an enricher and a projector: what lies under `enricher.` and `projector.` in some source.
///
/// A number that is not finite is refused when it is read.
public struct SwapWeights: WeightSource {
    /// Where they come from, for messages.
    public let label: String
    /// The names under `enricher.` and `projector.`.
    public let names: [String]
    private let known: Set<String>
    private let source: any WeightSource

    /// The part of a source that matters to enricher and projector.
    ///
    /// - Throws: `FileError` if it has no such part.
    public init(_ source: any WeightSource, label: String) throws {
        self.source = source
        self.label = label
        names = source.names.filter { $0.hasPrefix("enricher.") || $0.hasPrefix("projector.") }
        known = Set(names)
        guard !names.isEmpty else {
            throw FileError.badData(
                label, "there are no weights of an enricher or a projector here",
                expected: "names that begin with 'enricher.' or 'projector.'",
                got: source.names.isEmpty
                    ? "nothing" : source.names.prefix(3).map { "'\($0)'" }.joined(separator: ", "))
        }
    }

    /// The shape under a name.
    public func shape(of name: String) -> Shape? {
        known.contains(name) ? source.shape(of: name) : nil
    }

    /// The dtype under a name.
    public func dtype(of name: String) -> DType? {
        known.contains(name) ? source.dtype(of: name) : nil
    }

    /// The array under a name.
    ///
    /// - Throws: `FileError` for one with NaN or infinity; what the source throws.
    public func tensor(_ name: String) throws -> NDArray {
        let array = try source.tensor(name)
        try FiniteWeights.check(array, name, label)
        return array
    }

    /// The weights in a safetensors file, in the folder of a pipeline or another model, or in a folder of a finished run.
    ///
    /// - Throws: `FileError`, `JSONError`.
    public static func open(
        _ path: String, fileSystem: any FileSystem = SystemFileSystem(), backend: any Backend
    ) throws -> SwapWeights {
        guard try fileSystem.status(path)?.kind == .folder else {
            return try SwapWeights(
                WeightFolder.open(path, fileSystem: fileSystem, backend: backend), label: path)
        }
        guard try fileSystem.exists(FilePath.join(path, "config.json")) else {
            return try SwapWeights(
                WeightFolder.read(path, fileSystem: fileSystem, backend: backend), label: path)
        }
        let folder = try ModelFolder(path, ModelFolderOptions(), fileSystem: fileSystem)
        return try SwapWeights(
            folder.weights(for: folder.description(), backend: backend), label: path)
    }
}
