import HireArray

/// What a tensor carries with it: the back-end, whether gradients are recorded, the random source and observers.
///
/// It plays the part of PyTorch's device: leaves are made in a context and operations take it from their
/// operands. There is no global one. A context and its tensors belong to one thread of control.
public final class Context {
    /// Where the numbers are computed.
    public let backend: any Backend
    /// The root of all random streams of this run; draw from `random.named(…)`, never from it directly.
    public var random: RandomSource
    /// How far results may depend on batch, threads and workers.
    public let determinism: Determinism
    /// The dtype of new floating-point tensors: float32, or float64 for gradient checks on the reference back-end.
    public let dtype: DType
    /// Sees every primitive operation, when set.
    public weak var observer: (any OpObserver)?
    /// Whether layers look for NaN and infinity in what goes in and comes out; slow, and off by default.
    public var checksFinite = false
    /// Whether operations record how to differentiate themselves.
    public private(set) var recordsGradients = true
    /// Dotted path of the module that is running, innermost last; kept by `Layer`.
    public private(set) var modulePath: [String] = []

    /// Whether a piece of the computation runs again for `backward`; see `recomputing`.
    ///
    /// Whoever keeps state (running statistics, captures) leaves it alone then.
    public private(set) var isRecomputing = false
    /// Whether recorded operations keep what their gradients need; not while a piece runs that will run again.
    private(set) var keepsGraph = true
    var isBackward = false
    /// Numbers backward passes, so that each can tell the nodes it has reached.
    var visitCounter = 0
    private var nodeCounter = 0
    private var drawCounters: [String: Int] = [:]

    /// A context on a back-end.
    public init(
        backend: any Backend, seed: UInt64 = 0, dtype: DType = .float32,
        determinism: Determinism = .repeatable
    ) {
        self.backend = backend
        self.random = RandomSource(seed: seed)
        self.dtype = dtype
        self.determinism = determinism
    }

    /// Runs `body` without recording gradients (PyTorch's `torch.no_grad()`).
    public func withoutGradients<R>(_ body: () throws -> R) rethrows -> R {
        let before = recordsGradients
        recordsGradients = false
        defer { recordsGradients = before }
        return try body()
    }

    /// Runs `body` with gradient recording switched on again inside `withoutGradients`.
    public func withGradients<R>(_ body: () throws -> R) rethrows -> R {
        let before = recordsGradients
        recordsGradients = true
        defer { recordsGradients = before }
        return try body()
    }

    /// Runs `body` with layers looking for NaN and infinity.
    public func checkingFinite<R>(_ body: () throws -> R) rethrows -> R {
        let before = checksFinite
        checksFinite = true
        defer { checksFinite = before }
        return try body()
    }

    /// Runs `body` as part of the module at `path`; costs and errors name it.
    public func inside<R>(module path: String, _ body: () throws -> R) rethrows -> R {
        modulePath.append(path)
        defer { modulePath.removeLast() }
        return try body()
    }

    /// A fresh stream for a named purpose; each call gives the next one, so a run repeats draw by draw.
    public func stream(_ name: String) -> RandomSource {
        let index = drawCounters[name, default: 0]
        drawCounters[name] = index + 1
        return random.named(name).indexed(index)
    }

    /// Starts all streams over, from another seed if given: training step and item loops call it with a key of
    /// their own so that a resumed run draws the same numbers.
    public func resetStreams(_ source: RandomSource? = nil) {
        if let source { random = source }
        drawCounters.removeAll(keepingCapacity: true)
    }

    /// Runs `body` marking what requires gradients, but keeping nothing for them.
    func withoutGraph<R>(_ body: () throws -> R) rethrows -> R {
        let before = keepsGraph
        keepsGraph = false
        defer { keepsGraph = before }
        return try body()
    }

    /// What a later run of the same piece has to begin with to draw the same random numbers.
    func streamState() -> (RandomSource, [String: Int]) { (random, drawCounters) }

    /// Runs a piece again with gradients, and the random numbers of its first run.
    func again<R>(_ state: (RandomSource, [String: Int]), _ body: () throws -> R) rethrows -> R {
        let (streams, mode, graph) = (streamState(), isRecomputing, keepsGraph)
        (random, drawCounters) = state
        (isRecomputing, keepsGraph) = (true, true)
        defer {
            (random, drawCounters) = streams
            (isRecomputing, keepsGraph) = (mode, graph)
        }
        return try withGradients(body)
    }

    func nextNodeNumber() -> Int {
        nodeCounter += 1
        return nodeCounter
    }

    /// Tells the observer about a primitive operation.
    ///
    /// Ops call it once per kernel they run.
    func note(
        _ name: String, _ inputs: @autoclosure () -> [NDArray], _ output: NDArray,
        form: @autoclosure () -> String = "", multiplyAdds: @autoclosure () -> Int = 0
    ) {
        guard let observer else { return }
        let operands = inputs()
        observer.observe(
            OpCall(
                name: name, form: form(), inputs: operands.map(\.shape), output: output.shape,
                multiplyAdds: multiplyAdds(), modulePath: modulePath.last ?? "",
                isBackward: isBackward,
                bytesRead: operands.reduce(0) { $0 + min($1.byteCount, $1.storage.byteCount) },
                bytesWritten: output.byteCount, sources: operands.map(\.storage),
                target: output.storage))
    }
}
