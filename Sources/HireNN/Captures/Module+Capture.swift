import HireTensor

extension Module {
    /// The names of everything that can be captured, relative to this module, in the order of the tree.
    ///
    /// `<path>.output` for each layer whose output holds a tensor, and the points that modules declare.
    public func capturePoints() -> [String] { capturePlaces().map(\.name) }

    /// Shows tensors to a handler as they are computed.
    ///
    /// - Parameters:
    ///   - patterns: globs over `capturePoints()`, of which those with `!` in front remove from what earlier ones chose; a
    ///     pattern that names a layer means its output.
    ///   - filter: chooses among the names that the patterns select.
    ///   - handler: gets the full name and the tensor, with its history.
    /// - Returns: the handle that keeps the capture in force.
    /// - Throws: `ModuleError` with the nearest names for a pattern that matches nothing; `GlobError`.
    public func capture(
        _ patterns: [String], where filter: ((_ name: String) throws -> Bool)? = nil,
        _ handler: @escaping (_ name: String, _ tensor: Tensor) throws -> Void
    ) throws -> CaptureHandle {
        try tap(patterns, isEdit: false, where: filter) { name, tensor in
            try handler(name, tensor)
            return nil
        }
    }

    /// Shows tensors to a handler and goes on with what it returns (activation patching); nil leaves one as it is.
    ///
    /// - Throws: as `capture`.
    public func edit(
        _ pattern: String,
        _ handler: @escaping (_ name: String, _ tensor: Tensor) throws -> Tensor?
    ) throws -> CaptureHandle {
        try tap([pattern], isEdit: true, where: nil, handler)
    }

    /// Runs `body` while captures and edits of this module and of those beneath it rest.
    public func withoutCaptures<R>(_ body: () throws -> R) rethrows -> R {
        let resting = modules().compactMap { _, module in
            module.scope.taps.map { (scope: module.scope, taps: $0) }
        }
        for (scope, _) in resting { scope.taps = nil }
        defer {
            for (scope, taps) in resting {
                let kept = (taps + (scope.taps ?? [])).filter { !$0.registration.isCancelled }
                scope.taps = kept.isEmpty ? nil : kept
            }
        }
        return try body()
    }

    func capturePlaces() -> [CapturePlace] {
        var found: [CapturePlace] = []
        for (path, module) in modules() {
            let scope = module.scope
            var points = scope.declaredCaptures
            if (module as? any Layer)?.outputIsCapturable == true, !points.contains("output") {
                points.append("output")
            }
            for point in points {
                let name = path.isEmpty ? point : "\(path).\(point)"
                found.append(CapturePlace(name: name, scope: scope, point: point))
            }
        }
        return found
    }

    private func tap(
        _ patterns: [String], isEdit: Bool, where filter: ((String) throws -> Bool)?,
        _ handler: @escaping CaptureRegistration.Handler
    ) throws -> CaptureHandle {
        let registration = try CaptureRegistration(
            patterns, on: self, isEdit: isEdit, filter: filter, handler)
        let places = try registration.matches(beneath: self)
        for place in places { registration.attach(to: place) }
        return CaptureHandle(
            names: places.map(\.name), registration: registration, scopes: places.map(\.scope))
    }
}

extension Module {
    /// Whether this is a layer with an output that holds a tensor.
    public var givesTensor: Bool { (self as? any Layer)?.outputIsCapturable == true }
}

extension Layer {
    fileprivate var outputIsCapturable: Bool { Self.givesCapturable }
}
