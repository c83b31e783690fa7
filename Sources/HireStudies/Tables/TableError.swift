/// A table that was asked for and cannot be made; prints as one full sentence.
public struct TableError: Error, Equatable, CustomStringConvertible {
    /// The full sentence.
    public var description: String

    /// The status with which the program ends when this error ends it: wrong usage.
    public var exitCode: Int32 { 64 }

    /// An error that says what is wrong.
    public init(_ description: String) { self.description = description }
}
