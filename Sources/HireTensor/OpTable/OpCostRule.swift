/// What an operation costs; a multiply-add counts once.
public enum OpCostRule: Sendable, Equatable {
    /// A view or movement of memory: no arithmetic.
    case free
    /// Work in proportion to the elements, which counts no multiply-adds.
    case elementwise
    /// A number of multiply-adds, by the rule in the text.
    case counted(String)
}
