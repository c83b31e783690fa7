import HireNN

/// Finds what a module holds but did not declare in its scope, by looking into it with `Mirror`.
///
/// Scopes name everything once and use no reflection; this check is what catches a forgotten name.
public enum ModuleConformance {
    /// Properties of this module and all beneath it whose module, parameter or buffer is missing from the scope.
    ///
    /// Optionals, arrays, dictionaries and tuples are looked into.
    ///
    /// - Returns: `Type.property` of each.
    public static func undeclaredProperties(of module: any Module) -> [String] {
        module.modules().flatMap { _, part in missing(in: part) }
    }

    private static func missing(in module: any Module) -> [String] {
        let scope = module.scope
        var declared = Set(scope.children.map { ObjectIdentifier($0.module) })
        declared.formUnion(scope.ownParameters.map { ObjectIdentifier($0.parameter) })
        declared.formUnion(scope.ownBuffers.map { ObjectIdentifier($0.buffer) })
        // What a child declares may be at hand in the parent too, such as a tied weight.
        for (_, part) in module.modules() {
            declared.insert(ObjectIdentifier(part))
            declared.formUnion(part.scope.ownParameters.map { ObjectIdentifier($0.parameter) })
            declared.formUnion(part.scope.ownBuffers.map { ObjectIdentifier($0.buffer) })
        }
        var found: [String] = []
        var mirror: Mirror? = Mirror(reflecting: module)
        while let current = mirror {
            for (label, value) in current.children
            where held(by: value).contains(where: { !declared.contains(ObjectIdentifier($0)) }) {
                found.append("\(type(of: module)).\(label ?? "?")")
            }
            mirror = current.superclassMirror
        }
        return found
    }

    /// The modules, parameters and buffers in a value.
    private static func held(by value: Any) -> [AnyObject] {
        if let module = value as? any Module { return [module] }
        if let parameter = value as? Parameter { return [parameter] }
        if let buffer = value as? Buffer { return [buffer] }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional, .collection, .dictionary, .set, .tuple:
            return mirror.children.flatMap { held(by: $0.value) }
        default:
            return []
        }
    }
}
