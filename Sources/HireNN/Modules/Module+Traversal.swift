import HireArray
import HireFiles
import HireTensor

extension Module {
    /// This module (path "") and all beneath it, parents before children, by path relative to this one.
    public func modules() -> [(path: String, module: any Module)] {
        var found: [(path: String, module: any Module)] = []
        func visit(_ path: String, _ module: any Module) {
            found.append((path, module))
            for (name, child) in module.scope.children {
                visit(path.isEmpty ? name : "\(path).\(name)", child)
            }
        }
        visit("", self)
        return found
    }

    /// All parameters by path relative to this module, in the order of declaration.
    public func parameters() -> [(path: String, parameter: Parameter)] {
        modules().flatMap { path, module in
            module.scope.ownParameters.map {
                (path.isEmpty ? $0.name : "\(path).\($0.name)", $0.parameter)
            }
        }
    }

    /// All buffers by path relative to this module, in the order of declaration.
    public func buffers() -> [(path: String, buffer: Buffer)] {
        modules().flatMap { path, module in
            module.scope.ownBuffers.map {
                (path.isEmpty ? $0.name : "\(path).\($0.name)", $0.buffer)
            }
        }
    }

    /// The module at a path relative to this one; "" is this one.
    ///
    /// - Throws: `ModuleError` with the nearest names.
    public func module(at path: String) throws -> any Module {
        let all = modules()
        guard let found = all.first(where: { $0.path == path }) else {
            throw ModuleError(
                path: scope.path,
                message: ModuleError.unknown(
                    "module", path, among: all.map(\.path).filter { !$0.isEmpty }))
        }
        return found.module
    }

    /// The number of elements of all parameters.
    public var parameterCount: Int { parameters().reduce(0) { $0 + $1.parameter.count } }

    /// The number of elements of all parameters that are trained.
    public var trainableParameterCount: Int {
        parameters().reduce(0) { $0 + ($1.parameter.isFrozen ? 0 : $1.parameter.count) }
    }

    /// Switches this module and all beneath it to training or evaluation (dropout, batch statistics).
    public func train(_ isTraining: Bool = true) {
        for (_, module) in modules() { module.scope.ownMode = nil }
        scope.ownMode = isTraining
    }

    /// The parameters a glob selects; a pattern that names a module selects all beneath it.
    ///
    /// - Throws: `ModuleError` with the nearest names if there is none; `GlobError`.
    public func parameters(
        matching pattern: String
    ) throws -> [(path: String, parameter: Parameter)] {
        let all = parameters()
        let glob = try Glob(pattern)
        let found = all.filter { Self.prefixes(of: $0.path).contains(where: glob.matches) }
        if found.isEmpty {
            throw ModuleError(
                path: scope.path,
                message: ModuleError.unknown("parameter", pattern, among: all.map(\.path)))
        }
        return found
    }

    /// Excludes parameters from training.
    ///
    /// - Throws: `ModuleError` with the nearest names for a pattern that matches nothing.
    public func freeze(_ pattern: String) throws {
        for (_, parameter) in try parameters(matching: pattern) { parameter.isFrozen = true }
    }

    /// Excludes all parameters from training.
    public func freeze() {
        for (_, parameter) in parameters() { parameter.isFrozen = true }
    }

    /// Trains parameters again that were frozen.
    ///
    /// - Throws: `ModuleError` with the nearest names for a pattern that matches nothing.
    public func unfreeze(_ pattern: String) throws {
        for (_, parameter) in try parameters(matching: pattern) { parameter.isFrozen = false }
    }

    /// Trains all parameters again.
    public func unfreeze() {
        for (_, parameter) in parameters() { parameter.isFrozen = false }
    }

    /// Forgets the gradients of all parameters.
    public func zeroGradients() {
        for (_, parameter) in parameters() { parameter.clearGradient() }
    }

    /// Fills every parameter and buffer from its initializer.
    ///
    /// Each draws from the stream named by its full path, so its numbers depend on the seed, the path and the shape,
    /// and not on what else the model holds.
    ///
    /// - Throws: `ArrayError.memory`.
    public func initialize(from source: RandomSource) throws {
        for (_, parameter) in parameters() { try parameter.initialize(from: source) }
        for (_, buffer) in buffers() { try buffer.initialize(from: source) }
    }

    /// `a.b.c` gives `a`, `a.b` and `a.b.c`.
    private static func prefixes(of path: String) -> [String] {
        var prefixes: [String] = []
        for index in path.indices where path[index] == "." {
            prefixes.append(String(path[..<index]))
        }
        return prefixes + [path]
    }
}
