/// Modules and parameters under one name that compute nothing by themselves, such as BERT's `attention.self`.
public final class ModuleGroup: Module {
    /// The names of this module's parts.
    public let scope = ModuleScope()

    /// An empty group.
    public init() {}
}

extension ModuleScope {
    /// Declares a child under a dotted path: `child(at: "output.dense", Linear(…))`.
    ///
    /// What stands before the last dot are groups, made where they do not exist yet. As with `child`, a name that is
    /// empty or taken by something else is a mistake of the module's author and traps.
    @discardableResult
    public func child<M: Module>(at path: String, _ module: M) -> M {
        guard let dot = path.firstIndex(of: ".") else { return child(path, module) }
        let name = String(path[..<dot])
        let existing = children.first { $0.name == name }?.module as? ModuleGroup
        let group = existing ?? child(name, ModuleGroup())
        return group.scope.child(at: String(path[path.index(after: dot)...]), module)
    }
}
