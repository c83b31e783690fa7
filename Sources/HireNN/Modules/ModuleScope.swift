import HireArray
import HireTensor

/// The names of one module: its children, parameters, buffers and capture points, in the order they were declared.
///
/// A name is given once, where the thing is made. Paths are the names from the root, joined by dots; the root's
/// own path is empty. A scope belongs to one thread of control.
public final class ModuleScope {
    /// The name under which the parent holds this module; empty for a root.
    public private(set) var name = ""
    /// The scope of the module that holds this one.
    public private(set) weak var parent: ModuleScope?
    /// Children in the order of declaration.
    public private(set) var children: [(name: String, module: any Module)] = []
    /// This module's own parameters in the order of declaration.
    public private(set) var ownParameters: [(name: String, parameter: Parameter)] = []
    /// This module's own buffers in the order of declaration.
    public private(set) var ownBuffers: [(name: String, buffer: Buffer)] = []
    /// Capture points besides `output`, in the order of declaration.
    public private(set) var declaredCaptures: [String] = []

    /// Whether calls keep nothing for gradients and run again in `backward`; see `Context.recomputing`.
    ///
    /// A module that is watched by captures or edits, itself or beneath, runs once all the same.
    public var recomputes = false
    /// Captures and edits in force here; nil when there are none, which is all that a call checks.
    var taps: [CaptureTap]?
    var ownMode: Bool?
    private var cachedPath: String?
    private var foundContext: Context?

    /// An empty scope; a module makes one before anything else: `let scope = ModuleScope()`.
    public init() {}

    /// The dotted path from the root; empty for the root.
    public var path: String {
        if let cachedPath { return cachedPath }
        let above = parent?.path ?? ""
        let path = above.isEmpty ? name : "\(above).\(name)"
        cachedPath = path
        return path
    }

    /// Whether dropout and batch statistics behave as in training: this module's own mode, else its parent's, else yes.
    public var isTraining: Bool { ownMode ?? parent?.isTraining ?? true }

    /// The context of this module's parameters: its own, else its descendants', else its ancestors'.
    public var context: Context? {
        if let foundContext { return foundContext }
        foundContext = contextBelow ?? parent?.context
        return foundContext
    }

    private var contextBelow: Context? {
        if let own = ownParameters.first?.parameter.context ?? ownBuffers.first?.buffer.context {
            return own
        }
        for child in children {
            if let found = child.module.scope.contextBelow { return found }
        }
        return nil
    }

    // MARK: Children

    /// Declares a child and returns it: `up = scope.child("0", Linear(…))`.
    ///
    /// A name that is empty, dotted or taken, and a module that already has a parent, are mistakes of the module's
    /// author and trap; code that takes names from users calls `addChild`.
    @discardableResult
    public func child<M: Module>(_ name: String, _ module: M) -> M {
        if let problem = problem(withChild: name, module) { preconditionFailure(problem) }
        attach(name, module, at: children.count)
        return module
    }

    /// Declares a child under a name that comes from a user.
    ///
    /// - Throws: `ModuleError` if the name is empty, dotted or taken, or the module already has a parent.
    public func addChild(_ name: String, _ module: any Module) throws {
        if let problem = problem(withChild: name, module) { throw failure(problem) }
        attach(name, module, at: children.count)
    }

    /// Puts another module in the place of a child, which becomes a root.
    ///
    /// - Throws: `ModuleError`, having changed nothing, if there is no such child or the new module already has a parent.
    public func replaceChild(_ name: String, with module: any Module) throws {
        if let problem = problem(withModule: name, module) { throw failure(problem) }
        attach(name, module, at: try removeChild(name))
    }

    /// Lets go of a child, which becomes a root; returns its former place.
    ///
    /// - Throws: `ModuleError` if there is no such child.
    @discardableResult
    public func removeChild(_ name: String) throws -> Int {
        guard let index = children.firstIndex(where: { $0.name == name }) else {
            throw failure(ModuleError.unknown("child", name, among: children.map(\.name)))
        }
        let scope = children.remove(at: index).module.scope
        scope.parent = nil
        scope.name = ""
        scope.forgetPaths()
        return index
    }

    private func attach(_ name: String, _ module: any Module, at index: Int) {
        children.insert((name, module), at: index)
        module.scope.parent = self
        module.scope.name = name
        module.scope.forgetPaths()
    }

    private func problem(withChild name: String, _ module: any Module) -> String? {
        problem(withName: name, "child") ?? problem(withModule: name, module)
    }

    private func problem(withModule name: String, _ module: any Module) -> String? {
        if module.scope === self { return "A module cannot be its own child '\(name)'." }
        if let parent = module.scope.parent {
            let place = parent.path.isEmpty ? "another module" : "'\(parent.path)'"
            return "The module for the child '\(name)' is already the child "
                + "'\(module.scope.name)' of \(place); a module has one parent."
        }
        return nil
    }

    // MARK: Parameters and buffers

    /// Declares a parameter; its numbers are drawn when they are first needed or by `initialize(from:)`.
    ///
    /// A name that is empty, dotted or taken traps; code that takes names from users calls `addParameter`.
    public func parameter(
        _ name: String, _ shape: Shape, _ initializer: Initializer, in context: Context
    ) -> Parameter {
        if let problem = problem(withName: name, "parameter") { preconditionFailure(problem) }
        let parameter = Parameter(name, shape, initializer, scope: self, in: context)
        ownParameters.append((name, parameter))
        return parameter
    }

    /// Declares a parameter under a name that comes from a user.
    ///
    /// - Throws: `ModuleError` if the name is empty, dotted or taken.
    public func addParameter(
        _ name: String, _ shape: Shape, _ initializer: Initializer, in context: Context
    ) throws -> Parameter {
        if let problem = problem(withName: name, "parameter") { throw failure(problem) }
        return parameter(name, shape, initializer, in: context)
    }

    /// Declares a buffer: numbers that belong to the state but are not trained.
    ///
    /// - Parameters:
    ///   - dtype: the context's if nil.
    ///   - isPersistent: whether checkpoints hold it (PyTorch's `persistent`).
    public func buffer(
        _ name: String, _ shape: Shape, _ initializer: Initializer, dtype: DType? = nil,
        isPersistent: Bool = true, in context: Context
    ) -> Buffer {
        if let problem = problem(withName: name, "buffer") { preconditionFailure(problem) }
        let buffer = Buffer(
            name, shape, dtype ?? context.dtype, initializer, isPersistent: isPersistent,
            scope: self, in: context)
        ownBuffers.append((name, buffer))
        return buffer
    }

    /// Declares a buffer that begins with the given numbers.
    public func buffer(_ name: String, _ tensor: Tensor, isPersistent: Bool = true) -> Buffer {
        let buffer = buffer(
            name, tensor.shape, .zeros, dtype: tensor.dtype, isPersistent: isPersistent,
            in: tensor.context)
        buffer.hold(tensor.array)
        return buffer
    }

    private func problem(withName name: String, _ kind: String) -> String? {
        if name.isEmpty { return "A \(kind) needs a name." }
        if name.contains(".") {
            return "The \(kind) name '\(name)' contains a dot; dots separate the names of a path."
        }
        let isTaken =
            children.contains { $0.name == name } || ownParameters.contains { $0.name == name }
            || ownBuffers.contains { $0.name == name }
        return isTaken ? "The \(kind) name '\(name)' is taken in this module." : nil
    }

    // MARK: Captures

    /// Declares a capture point besides `output`, such as `kernel`; `capture` serves it.
    public func declareCapture(_ point: String) {
        if !declaredCaptures.contains(point) { declaredCaptures.append(point) }
    }

    // MARK: Housekeeping

    func failure(_ message: String) -> ModuleError { ModuleError(path: path, message: message) }

    /// A scope whose path is not cached has no descendant with a cached one.
    private func forgetPaths() {
        foundContext = nil
        cachedPath = nil
        for child in children { child.module.scope.forgetPaths() }
    }
}
