import HireArray
import HireFiles
import HireHDF5
import HireImaging
import HireVLM

/// What a parser made of an input.
package enum FuzzVerdict: Equatable {
    /// It gave a value.
    case accepted
    /// It threw an error of the toolkit.
    case refused
    /// It broke a promise: an error of no known type, or one too long to read.
    case broken(String)

    /// The most bytes of a message, beside those that quote the input.
    private static let longestMessage = 16_384

    /// Runs a target on an input.
    package init(_ target: FuzzTarget, _ input: [UInt8]) {
        do {
            try target.run(input)
            self = .accepted
        } catch {
            let text = "\(error)"
            switch error {
            case is FileError, is JSONError, is GlobError, is PluginError, is ImageError,
                is ArrayError, is HDF5Error, is ScriptError, is StudyOverrideError:
                let fits = !text.isEmpty && text.utf8.count <= Self.longestMessage + input.count
                self = fits ? .refused : .broken("a message of \(text.utf8.count) bytes")
            default: self = .broken("\(type(of: error)): \(text.prefix(500))")
            }
        }
    }
}
