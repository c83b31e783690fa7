import HireFiles
import HireTensor

extension Module {
    /// The names of everything that can be captured, relative to this module, in the order of the tree.
    ///
    /// `<path>.output` for each layer whose output holds a tensor, and the points that modules declare.
    public func capturePoints() -> [String] { points().map(\.name) }

    /// Shows tensors to a handler as they are computed.
    ///
    /// - Parameters:
    ///   - patterns: globs over `capturePoints()`; a pattern that names a layer means its output.
    ///   - handler: gets the full name and the tensor, with its history.
    /// - Returns: the handle that keeps the capture in force.
    /// - Throws: `ModuleError` with the nearest names for a pattern that matches nothing; `GlobError`.
    public func capture(
        _ patterns: [String], _ handler: @escaping (_ name: String, _ tensor: Tensor) throws -> Void
    ) throws -> CaptureHandle {
        try tap(patterns, isEdit: false) { name, tensor in
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
        try tap([pattern], isEdit: true, handler)
    }

    private func points() -> [(name: String, scope: ModuleScope, point: String)] {
        var found: [(name: String, scope: ModuleScope, point: String)] = []
        for (path, module) in modules() {
            let scope = module.scope
            var points = scope.declaredCaptures
            if (module as? any Layer)?.outputIsCapturable == true, !points.contains("output") {
                points.append("output")
            }
            for point in points {
                found.append((path.isEmpty ? point : "\(path).\(point)", scope, point))
            }
        }
        return found
    }

    private func tap(
        _ patterns: [String], isEdit: Bool, _ handler: @escaping CaptureRegistration.Handler
    ) throws -> CaptureHandle {
        let points = points()
        var chosen = Set<Int>()
        for pattern in patterns {
            let glob = try Glob(pattern)
            let matches = points.indices.filter { index in
                let (name, _, point) = points[index]
                return glob.matches(name)
                    || (point == "output" && glob.matches(String(name.dropLast(".output".count))))
            }
            if matches.isEmpty {
                let known = points.map(\.name)
                throw ModuleError(
                    path: scope.path,
                    message: ModuleError.unknown("capture point", pattern, among: known))
            }
            chosen.formUnion(matches)
        }
        let registration = CaptureRegistration(handler)
        let ordered = chosen.sorted().map { points[$0] }
        for (name, scope, point) in ordered {
            let tap = CaptureTap(
                point: point, name: name, isEdit: isEdit, registration: registration)
            scope.taps = (scope.taps ?? []) + [tap]
        }
        return CaptureHandle(
            names: ordered.map(\.name), registration: registration, scopes: ordered.map(\.scope))
    }
}

extension Module {
    /// Whether this is a layer with an output that holds a tensor.
    public var givesTensor: Bool { (self as? any Layer)?.outputIsCapturable == true }
}

extension Layer {
    fileprivate var outputIsCapturable: Bool { Self.givesCapturable }
}
