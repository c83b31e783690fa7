import HireFiles

/// A failure inside a module: which module, and what went wrong there.
///
/// Prints as `enricher.stages.2.range_proj.0: conv2d: expected …, got ….`; the path is that of the innermost module
/// that was running and is added once.
public struct ModuleError: Error, CustomStringConvertible {
    /// The dotted path of the module; empty for a root.
    public let path: String
    /// The error as it was thrown.
    public let underlying: any Error

    /// A failure of the module at a path.
    public init(path: String, underlying: any Error) {
        self.path = path
        self.underlying = underlying
    }

    /// A failure of the module at a path, as a sentence.
    public init(path: String, message: String) {
        self.init(path: path, underlying: Message(text: message))
    }

    /// The path, a colon, and the sentence.
    public var description: String {
        path.isEmpty ? "\(underlying)" : "\(path): \(underlying)"
    }

    /// Adds a path to an error that has none yet.
    static func adding(_ path: String, to error: any Error) -> any Error {
        if path.isEmpty || error is ModuleError { return error }
        return ModuleError(path: path, underlying: error)
    }

    /// A sentence about a name that does not exist, with the nearest that do.
    static func unknown(_ kind: String, _ name: String, among known: [String]) -> String {
        NearestNames.sentence(kind: kind, name: name, among: known)
    }

    private struct Message: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}
