import HireTensor

extension ModuleScope {
    /// Runs a module's computation under its path; what `Layer` does for its authors, for modules of any signature.
    ///
    /// Costs are attributed to the path, errors get it (once, from the innermost module), and an output that is
    /// `Capturable` goes to the captures and edits of `<path>.output`.
    ///
    /// - Parameter context: where the computation happens; the scope's own if nil.
    public func run<Output>(in context: Context?, _ body: () throws -> Output) throws -> Output {
        do {
            guard let context = context ?? self.context else { return try tapped(body()) }
            return try context.inside(module: path) { try tapped(body()) }
        } catch {
            throw ModuleError.adding(path, to: error)
        }
    }

    private func tapped<Output>(_ output: Output) throws -> Output {
        if taps == nil { return output }
        guard let capturable = output as? any Capturable, capturable.holdsTensor else {
            return output
        }
        return try capturable.passing("output", through: self) as? Output ?? output
    }

    /// Hands a tensor to the captures and edits of a declared point; gives back what the computation goes on with.
    ///
    /// - Throws: `ModuleError` if the point was not declared, or what a handler throws.
    public func capture(_ point: String, _ tensor: Tensor) throws -> Tensor {
        guard declaredCaptures.contains(point) else {
            throw failure(ModuleError.unknown("capture point", point, among: declaredCaptures))
        }
        return try pass(tensor, at: point)
    }

    /// Whether anyone watches a point; modules that must compute extra to serve it ask first.
    public func isCaptured(_ point: String) -> Bool {
        taps?.contains { $0.point == point && !$0.registration.isCancelled } ?? false
    }

    /// Whether anyone may replace what passes a point.
    public func isEdited(_ point: String) -> Bool {
        taps?.contains { $0.point == point && $0.isEdit && !$0.registration.isCancelled } ?? false
    }

    /// `Context.recomputing` for a piece of a module's work, unless captures or edits watch it here or beneath: what
    /// they see has to carry gradients.
    ///
    /// - Throws: what the piece throws, both times with this module's path where it names none.
    public func recomputing(
        in context: Context, _ piece: @escaping () throws -> Tensor
    ) throws -> Tensor {
        if isWatched { return try piece() }
        return try context.recomputing { [self] in
            do { return try piece() } catch { throw ModuleError.adding(path, to: error) }
        }
    }

    /// Whether a capture or edit is in force here or beneath.
    public var isWatched: Bool {
        if taps?.contains(where: { !$0.registration.isCancelled }) == true { return true }
        return children.contains { $0.module.scope.isWatched }
    }

    func pass(_ tensor: Tensor, at point: String) throws -> Tensor {
        guard let taps else { return tensor }
        var current = tensor
        let isSecondRun = tensor.context.isRecomputing
        for tap in taps where tap.point == point && !tap.registration.isCancelled {
            if isSecondRun && !tap.isEdit { continue }
            if let replacement = try tap.registration.handler(tap.name, current) {
                current = replacement
            }
        }
        return current
    }
}

extension Capturable {
    fileprivate func passing(_ point: String, through scope: ModuleScope) throws -> Self {
        guard scope.isCaptured(point) else { return self }
        let tensor = try capturedTensor()
        let result = try scope.pass(tensor, at: point)
        return scope.isEdited(point) ? try replacing(capturedTensor: result) : self
    }
}
