/// Text that is not the JSON it must be; prints as one full sentence.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file or other origin of the text.
    public var source: String
    /// The byte of the problem, counted from 0.
    public var offset: Int
    /// The line of the problem, counted from 1.
    public var line: Int
    /// The byte within the line, counted from 1.
    public var column: Int
    /// What is wrong.
    public var problem: String

    /// The full sentence.
    public var description: String {
        "\(source):\(line):\(column) (byte \(offset)): \(problem)."
    }

    /// The status with which the program ends when this error ends it: bad data.
    public var exitCode: Int32 { FileError.Category.badData.rawValue }
}
