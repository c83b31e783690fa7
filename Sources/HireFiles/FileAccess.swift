/// How a file is opened.
public enum FileAccess: String, Sendable {
    /// For reading; the file must exist.
    case read
    /// For writing a file that must not exist yet.
    case createNew
    /// For writing at the end; the file is made if it is not there.
    case append
}
