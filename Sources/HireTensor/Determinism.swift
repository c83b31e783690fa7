/// How far results may depend on things that should not matter.
public enum Determinism: String, Sendable, CaseIterable, Codable {
    /// Whatever is fastest.
    case fast
    /// The same machine kind, thread count and batch plan give the same bits. The default.
    case repeatable
    /// A sample's bits depend on neither batch, threads nor workers.
    case invariant
}
