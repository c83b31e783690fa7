/// The version that run files, `hire --version` and scripts name.
public enum ToolkitVersion {
    /// The version of this toolkit.
    public static let text = "0.1.0"
}
