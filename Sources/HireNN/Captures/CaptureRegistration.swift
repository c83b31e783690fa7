import HireFiles
import HireTensor

/// A point that can be watched: its name from the module that was asked, the scope that serves it, its name there.
struct CapturePlace {
    let name: String
    let scope: ModuleScope
    let point: String
}

/// What one call of `capture` or `edit` registered, shared by all points it matched.
final class CaptureRegistration {
    typealias Handler = (_ name: String, _ tensor: Tensor) throws -> Tensor?

    let patterns: [String]
    let isEdit: Bool
    let handler: Handler
    /// Orders registrations, so that a point that several watch calls them in the order in which they came.
    let made = ContinuousClock.now
    /// The module on which it was called.
    weak var root: (any Module)?
    weak var handle: CaptureHandle?
    var isCancelled = false
    private let globs: [Glob]

    init(_ patterns: [String], on root: any Module, isEdit: Bool, _ handler: @escaping Handler)
        throws
    {
        self.patterns = patterns
        self.isEdit = isEdit
        self.handler = handler
        self.root = root
        globs = try patterns.map { try Glob($0) }
    }

    /// The places beneath a module that the patterns select, in the order of the tree.
    ///
    /// - Throws: `ModuleError` with the nearest names for a pattern that matches nothing.
    func matches(beneath root: any Module) throws -> [CapturePlace] {
        let places = root.capturePlaces()
        var chosen = Set<Int>()
        for (pattern, glob) in zip(patterns, globs) {
            let matches = places.indices.filter { index in
                let (name, point) = (places[index].name, places[index].point)
                return glob.matches(name)
                    || (point == "output" && glob.matches(String(name.dropLast(".output".count))))
            }
            if matches.isEmpty {
                throw ModuleError(
                    path: root.scope.path,
                    message: ModuleError.unknown(
                        "capture point", pattern, among: places.map(\.name)))
            }
            chosen.formUnion(matches)
        }
        return chosen.sorted().map { places[$0] }
    }

    /// Watches a place, unless it does so already.
    func attach(to place: CapturePlace) {
        let taps = place.scope.taps ?? []
        if taps.contains(where: { $0.registration === self && $0.point == place.point }) { return }
        place.scope.taps =
            taps + [
                CaptureTap(
                    point: place.point, name: place.name, isEdit: isEdit, registration: self)
            ]
    }
}

/// One registration at one point of one scope.
struct CaptureTap {
    let point: String
    let name: String
    let isEdit: Bool
    let registration: CaptureRegistration
}
