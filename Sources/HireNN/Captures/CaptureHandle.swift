import HireTensor

/// Keeps a capture or edit in force; dropping or cancelling the handle ends it.
public final class CaptureHandle {
    /// The names that matched, such as `encoder.layers.0.output`, in the order of the tree.
    public private(set) var names: [String]
    private let registration: CaptureRegistration
    private var scopes: [WeakScope]

    init(names: [String], registration: CaptureRegistration, scopes: [ModuleScope]) {
        self.names = names
        self.registration = registration
        self.scopes = scopes.map(WeakScope.init)
        registration.handle = self
    }

    /// Takes over where the registration watches now.
    func watch(_ places: [CapturePlace]) {
        names = places.map(\.name)
        scopes = places.map { WeakScope(scope: $0.scope) }
    }

    deinit { cancel() }

    /// Ends the capture; doing so again changes nothing.
    public func cancel() {
        if registration.isCancelled { return }
        registration.isCancelled = true
        for case let scope? in scopes.map(\.scope) {
            scope.taps?.removeAll { $0.registration === registration }
            if scope.taps?.isEmpty == true { scope.taps = nil }
        }
    }

    private struct WeakScope {
        weak var scope: ModuleScope?
    }
}
