/// Which release this is.
public enum ToolkitVersion {
    /// The version of this toolkit.
    public static let text = "0.1.0"

    /// The version of its numbers: raised whenever equal inputs may give other bits than before, so that results of
    /// different numbers are never taken for each other.
    public static let numerics = 1
}
