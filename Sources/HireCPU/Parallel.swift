import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A few persistent threads that share numbered pieces of work with the caller.
///
/// The caller splits its work into pieces in a way that depends on shapes and the thread count only, and every piece
/// writes to its own place, so it does not matter which thread takes which piece: the bits are the same each time.
/// Threads spin for some microseconds after a piece of work (kernels follow each other closely) and then sleep.
final class WorkerPool: @unchecked Sendable {
    /// The number of threads that compute, the caller included.
    let threads: Int
    /// Generation (24 bits), number of pieces (20 bits), next piece (20 bits).
    private let state = Atomic<UInt64>(0)
    private let finished = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let stopping = Atomic<Bool>(false)
    private let busy = Atomic<Bool>(false)
    /// Valid while a generation has unfinished pieces; written before `state` publishes it.
    private var body: ((Int) -> Void)?
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let wakeUp: UnsafeMutablePointer<pthread_cond_t>
    private var handles: [pthread_t] = []

    private static let spins = 4000
    private static let countMask: UInt64 = 0xF_FFFF

    init(threads: Int) {
        self.threads = max(threads, 1)
        mutex = .allocate(capacity: 1)
        wakeUp = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wakeUp, nil)
        for _ in 1..<max(self.threads, 1) {
            var handle = pthread_t()
            let argument = Unmanaged.passRetained(self).toOpaque()
            let code = pthread_create(&handle, nil, { workerMain($0) }, argument)
            if code == 0 {
                handles.append(handle)
            } else {
                Unmanaged<WorkerPool>.fromOpaque(argument).release()
            }
        }
    }

    deinit {
        pthread_cond_destroy(wakeUp)
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
        wakeUp.deallocate()
    }

    /// Ends the threads and waits for them; no work may be running.
    func shutDown() {
        stopping.store(true, ordering: .sequentiallyConsistent)
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(wakeUp)
        pthread_mutex_unlock(mutex)
        for handle in handles { pthread_join(handle, nil) }
        handles = []
    }

    /// Calls `body` once for each piece 0..<count, on several threads, and returns when all are done.
    ///
    /// Runs the pieces in order on the caller alone when the pool is already working for another thread.
    func run(_ count: Int, _ body: (Int) -> Void) {
        precondition(count < 1 << 20, "Work must be split into fewer than a million pieces.")
        if count <= 1 || threads == 1 || busy.exchange(true, ordering: .acquiring) {
            for piece in 0..<count { body(piece) }
            return
        }
        withoutActuallyEscaping(body) { escaping in
            self.body = escaping
            finished.store(0, ordering: .relaxed)
            let generation = (state.load(ordering: .relaxed) >> 40) &+ 1
            state.store(
                generation << 40 | UInt64(count) << 20, ordering: .sequentiallyConsistent)
            if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
                pthread_mutex_lock(mutex)
                pthread_cond_broadcast(wakeUp)
                pthread_mutex_unlock(mutex)
            }
            while work() {}
            var waits = 0
            while finished.load(ordering: .acquiring) < count {
                waits += 1
                if waits > Self.spins { sched_yield() } else { pause() }
            }
            self.body = nil
        }
        busy.store(false, ordering: .releasing)
    }

    /// Takes one piece and does it; false when none is left.
    private func work() -> Bool {
        var seen = state.load(ordering: .acquiring)
        while true {
            let next = seen & Self.countMask
            if next >= seen >> 20 & Self.countMask { return false }
            let (taken, original) = state.weakCompareExchange(
                expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
            if taken {
                body?(Int(next))
                finished.add(1, ordering: .releasing)
                return true
            }
            seen = original
        }
    }

    private var hasWork: Bool {
        let seen = state.load(ordering: .sequentiallyConsistent)
        return seen & Self.countMask < seen >> 20 & Self.countMask
    }

    /// The life of a thread.
    fileprivate func serve() {
        while !stopping.load(ordering: .relaxed) {
            var idle = 0
            while idle < Self.spins {
                if work() { idle = 0 } else { idle += 1 }
                pause()
                if stopping.load(ordering: .relaxed) { return }
            }
            pthread_mutex_lock(mutex)
            sleepers.add(1, ordering: .sequentiallyConsistent)
            while !hasWork && !stopping.load(ordering: .sequentiallyConsistent) {
                pthread_cond_wait(wakeUp, mutex)
            }
            sleepers.subtract(1, ordering: .sequentiallyConsistent)
            pthread_mutex_unlock(mutex)
        }
    }

    @inline(__always)
    private func pause() {
        #if arch(x86_64) || arch(arm64)
            spinHint()
        #endif
    }
}

/// Lets the other hardware thread run for a moment.
@inline(__always)
private func spinHint() { SpinHint.wait() }

private enum SpinHint {
    private static let cell = Atomic<UInt32>(0)
    /// A dependent load is a portable short delay; Swift has no name for the processor's pause instruction.
    @inline(never)
    static func wait() {
        for _ in 0..<4 { _ = cell.load(ordering: .sequentiallyConsistent) }
    }
}

private func workerMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<WorkerPool>.fromOpaque(argument).takeRetainedValue().serve()
    return nil
}

extension CPUBackend {
    /// Calls `body` with ranges that cover 0..<count, on several threads if count exceeds `grain`.
    ///
    /// The ranges depend on count, grain and the thread count only.
    @inline(never)
    func parallel(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        if count <= grain || threads == 1 {
            if count > 0 { body(0..<count) }
            return
        }
        let pieces = min((count + grain - 1) / grain, threads * 4)
        let size = (count + pieces - 1) / pieces
        pool.run((count + size - 1) / size) { piece in
            body(piece * size..<min((piece + 1) * size, count))
        }
    }

    /// Calls `body` once per task, on several threads if all tasks together cost more than `threshold`
    /// (multiply-adds or elements).
    @inline(never)
    func parallelTasks(
        _ count: Int, cost: Int, threshold: Int = 100_000, _ body: (Int) -> Void
    ) {
        if threads == 1 || count <= 1 || cost < threshold {
            for task in 0..<count { body(task) }
            return
        }
        // Tiny tasks are handed out several at a time.
        let size = max(1, min(count / (threads * 8), max(1, 20_000 / max(1, cost / count))))
        pool.run((count + size - 1) / size) { piece in
            for task in piece * size..<min((piece + 1) * size, count) { body(task) }
        }
    }
}
