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
    private let globs: GlobList
    /// Chooses among the points that the patterns select; nil lets all be.
    private let filter: ((String) throws -> Bool)?

    init(
        _ patterns: [String], on root: any Module, isEdit: Bool,
        filter: ((String) throws -> Bool)? = nil, _ handler: @escaping Handler
    ) throws {
        self.patterns = patterns
        self.isEdit = isEdit
        self.handler = handler
        self.root = root
        self.filter = filter
        globs = try GlobList(patterns)
    }

    /// The places beneath a module that the patterns select, in the order of the tree.
    ///
    /// - Parameter isLenient: lets patterns with `!` be that remove nothing.
    /// - Throws: `ModuleError` with the nearest names for a pattern that matches nothing.
    func matches(beneath root: any Module, isLenient: Bool = false) throws -> [CapturePlace] {
        let places = root.capturePlaces()
        let names = places.map(\.name)
        let chosen: [Int?]
        do {
            chosen = try globs.choose(among: names)
        } catch GlobList.Problem.removesNothing where isLenient {
            chosen = try globs.choose(names.count, isLenient: true) {
                $0.selects(capturePoint: names[$1])
            }
        } catch let problem as GlobList.Problem {
            throw ModuleError(
                path: root.scope.path, message: problem.sentence(among: names))
        }
        let found = try places.indices.filter {
            try chosen[$0] != nil && filter?(names[$0]) ?? true
        }
        if found.isEmpty {
            throw ModuleError(
                path: root.scope.path,
                message: "The filter chose none of the points that "
                    + "\(patterns.joined(separator: ", ")) selects.")
        }
        return found.map { places[$0] }
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
