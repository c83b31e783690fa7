/// Every public operation, once.
///
/// What is not here does not exist for scripts, the manual and the tests that run over all operations.
public enum OpTable {
    /// All operations, by family.
    public static let all: [Op] =
        creation + elementwise + arithmetic + comparisons + reductions + products + views + movement
        + indexing + convolutions + resizing + normalisation + losses + attention + random
        + enrichment

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The operation of a name, or nil.
    public static func op(named name: String) -> Op? { byName[name] }

    /// The operand most operations are a method of.
    static let x = OpParameter("x", .tensor, "The tensor.")

    /// The names of a type's cases, as a kind of parameter.
    static func choice<T: CaseIterable & RawRepresentable<String>>(of type: T.Type)
        -> OpParameterKind
    {
        .choice(type.allCases.map(\.rawValue))
    }
}
