import HireTensor

/// Keeps a capture or edit in force; dropping or cancelling the handle ends it.
public final class CaptureHandle {
    /// The names that matched, such as `encoder.layers.0.output`, in the order of the tree.
    public let names: [String]
    private let registration: CaptureRegistration
    private let scopes: [WeakScope]

    init(names: [String], registration: CaptureRegistration, scopes: [ModuleScope]) {
        self.names = names
        self.registration = registration
        self.scopes = scopes.map(WeakScope.init)
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

/// What one call of `capture` or `edit` registered, shared by all points it matched.
final class CaptureRegistration {
    typealias Handler = (_ name: String, _ tensor: Tensor) throws -> Tensor?

    let handler: Handler
    var isCancelled = false

    init(_ handler: @escaping Handler) { self.handler = handler }
}

/// One registration at one point of one scope.
struct CaptureTap {
    let point: String
    let name: String
    let isEdit: Bool
    let registration: CaptureRegistration
}
