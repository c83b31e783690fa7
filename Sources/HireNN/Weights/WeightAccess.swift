/// How the numbers of a weight file come into memory.
public enum WeightAccess: String, Sendable, CaseIterable {
    /// Copied with plain reads: what goes wrong with the file is an error.
    case read
    /// Shown as the pages of the file itself: nothing is copied, nothing is counted as allocated, and several processes share
    /// them; what goes wrong with the file or its disk later ends the process (see `MappedFile`).
    ///
    /// Tensors that are not aligned to their elements are copied nevertheless.
    case map
}
