/// What went wrong with an HDF5 file; prints as one full sentence.
public struct HDF5Error: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file, or a name for one that is still in memory.
    public var file: String
    /// The dataset, group or attribute, such as `/act/encoder/output`; empty for the file as a whole.
    public var object: String
    /// What failed, with what was expected and what was found.
    public var problem: String
    /// What the HDF5 library itself reported, outermost call first; empty if it was not asked.
    public var detail: String

    /// An error from its parts.
    public init(file: String, object: String = "", problem: String, detail: String = "") {
        self.file = file
        self.object = object
        self.problem = problem
        self.detail = detail
    }

    /// The full sentence.
    public var description: String {
        var text = object.isEmpty ? file : "\(file): \(object)"
        text += ": \(problem)"
        if !detail.isEmpty { text += " (HDF5: \(detail))" }
        return text + "."
    }

    /// The status with which the program ends when this error ends it: bad data.
    public var exitCode: Int32 { 65 }
}
