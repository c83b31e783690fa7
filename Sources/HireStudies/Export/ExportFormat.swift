/// What features can be exported to.
public enum ExportFormat: String, Sendable, CaseIterable {
    /// NumPy's archive of arrays; bfloat16 becomes float32.
    case npz
    /// One table per dataset with one or two axes, in a folder.
    case csv
    /// Named tensors; bfloat16 stays, strings cannot be held.
    case safetensors
}
