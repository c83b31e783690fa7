/// A script ends where it stands, as it should: a dry run has said what would be done, a worker finds nothing left to do.
///
/// No `pcall` keeps the script going; the program ends with status 0.
public struct ScriptEnd: Error, CustomStringConvertible {
    /// The end of a script.
    public init() {}

    /// One sentence.
    public var description: String { "The script ended here." }
}
