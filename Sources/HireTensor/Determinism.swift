/// How far results may depend on things that should not matter.
public enum Determinism: String, Sendable, CaseIterable, Codable {
    /// Whatever is fastest.
    case fast
    /// The same machine kind, thread count and batch plan give the same bits. The default.
    case repeatable
    /// A sample's bits depend on neither batch, threads nor workers, and a batch's gradients not on threads.
    ///
    /// For what works sample by sample: a batch normalisation that trains mixes a batch by definition. The back-end is
    /// to be made for it; the program's `--determinism invariant` sees to that.
    case invariant
}
