extension Module {
    /// Puts other modules in the place of children, all of them or none; captures and edits go along.
    ///
    /// What watches a point beneath a replaced child is matched again by its patterns, on the same module or, where that
    /// was the child or lay beneath it, on the module that now has its path. The former children become roots that nobody
    /// watches.
    ///
    /// - Throws: `ModuleError`, having changed nothing, if there is no such child, a new module already has a parent, or a
    ///   pattern of a capture in force would match nothing any more.
    public func replaceChildren(_ replacements: [(name: String, module: any Module)]) throws {
        var pairs: [(name: String, old: any Module, new: any Module)] = []
        var moves: [(registration: CaptureRegistration, places: [CapturePlace])] = []
        do {
            for (name, module) in replacements {
                let old = scope.children.first { $0.name == name }?.module
                try scope.replaceChild(name, with: module)
                if let old { pairs.append((name, old, module)) }
            }
            for registration in Self.registrations(beneath: pairs.map(\.old)) {
                moves.append((registration, try places(of: registration, pairs)))
            }
        } catch {
            for (name, old, _) in pairs.reversed() { try scope.replaceChild(name, with: old) }
            throw error
        }
        for (_, module) in pairs.flatMap({ $0.old.modules() }) { module.scope.taps = nil }
        for (registration, places) in moves {
            for place in places { registration.attach(to: place) }
            registration.handle?.watch(places)
        }
    }

    /// What watches points beneath modules, in the order in which it was registered.
    private static func registrations(beneath modules: [any Module]) -> [CaptureRegistration] {
        var found: [CaptureRegistration] = []
        for (_, module) in modules.flatMap({ $0.modules() }) {
            for tap in module.scope.taps ?? []
            where !tap.registration.isCancelled
                && !found.contains(where: { $0 === tap.registration })
            {
                found.append(tap.registration)
            }
        }
        return found.sorted { $0.made < $1.made }
    }

    /// Where a registration watches once children were replaced.
    private func places(
        of registration: CaptureRegistration,
        _ pairs: [(name: String, old: any Module, new: any Module)]
    ) throws -> [CapturePlace] {
        guard let root = registration.root else { return [] }
        var top = root.scope
        while let parent = top.parent { top = parent }
        do {
            // A former child is a root by now, so paths beneath it are relative to it.
            let pair = pairs.first { $0.old.scope === top }
            return try registration.matches(
                beneath: pair?.new.module(at: root.scope.path) ?? root, isLenient: true)
        } catch {
            let names = pairs.map { "'\($0.name)'" }.joined(separator: " and ")
            throw scope.failure(
                "A capture or edit in force (\(registration.patterns.joined(separator: ", "))) would match nothing "
                    + "once \(names) \(pairs.count == 1 ? "is" : "are") replaced; cancel it first. \(error)"
            )
        }
    }
}
