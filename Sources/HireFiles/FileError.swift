import Glibc

/// What went wrong with a file or with data that came from one; prints as one full sentence.
///
/// A parser of any format reports what it found through this type, so that every message names the path and,
/// where it is known, the byte.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of failure; the raw value is the program's exit status (sysexits.h).
    public enum Category: Int32, Sendable {
        /// The file is there and its contents are not what they must be.
        case badData = 65
        /// A file that was asked for is not there or may not be read.
        case missingInput = 66
        /// A file or folder cannot be made.
        case cannotCreate = 73
        /// Reading or writing failed, which includes a full disk.
        case inputOutput = 74
    }

    /// The kind of failure.
    public var category: Category
    /// The file or folder concerned.
    public var path: String
    /// The byte at which the problem is, counted from 0, where that is known.
    public var offset: Int?
    /// What failed, such as `cannot read the header`.
    public var problem: String
    /// What would have been accepted.
    public var expected: String?
    /// What was found.
    public var got: String?
    /// The system's error number, when the system refused.
    public var errorNumber: Int32?

    /// An error from its parts.
    public init(
        _ category: Category, path: String, offset: Int? = nil, problem: String,
        expected: String? = nil, got: String? = nil, errorNumber: Int32? = nil
    ) {
        self.category = category
        self.path = path
        self.offset = offset
        self.problem = problem
        self.expected = expected
        self.got = got
        self.errorNumber = errorNumber
    }

    /// Contents that are not what they must be (exit status 65).
    public static func badData(
        _ path: String, at offset: Int? = nil, _ problem: String, expected: String? = nil,
        got: String? = nil
    ) -> FileError {
        FileError(
            .badData, path: path, offset: offset, problem: problem, expected: expected, got: got)
    }

    /// A refusal of the system; the category follows from the error number and from what was tried.
    public static func system(
        _ errorNumber: Int32, _ path: String, _ problem: String, creating: Bool = false,
        got: String? = nil
    ) -> FileError {
        let category: Category
        switch errorNumber {
        case ENOSPC, EDQUOT, EFBIG, EIO, EINTR, EMFILE, ENFILE: category = .inputOutput
        case ENOENT, ENOTDIR, EACCES, EPERM, EISDIR, ELOOP, ENAMETOOLONG:
            category = creating ? .cannotCreate : .missingInput
        default: category = creating ? .cannotCreate : .inputOutput
        }
        return FileError(
            category, path: path, problem: problem, got: got, errorNumber: errorNumber)
    }

    /// The status with which the program ends when this error ends it.
    public var exitCode: Int32 { category.rawValue }

    /// The full sentence.
    public var description: String {
        var text = path
        if let offset { text += " at byte \(offset)" }
        text += ": \(problem)"
        switch (expected, got) {
        case (let expected?, let got?): text += ": expected \(expected), got \(got)"
        case (let expected?, nil): text += ": expected \(expected)"
        case (nil, let got?): text += ": \(got)"
        case (nil, nil): break
        }
        if let errorNumber {
            text += ": \(String(cString: strerror(errorNumber))) (errno \(errorNumber))"
        }
        return text + "."
    }
}
