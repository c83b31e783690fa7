/// The user asked to stop (Ctrl-C); what was finished is kept and the program ends with status 130.
public struct ScriptInterruption: Error, CustomStringConvertible {
    /// An interruption.
    public init() {}

    /// One sentence.
    public var description: String { "Interrupted; what was finished is kept." }
}
