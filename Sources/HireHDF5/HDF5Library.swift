import CHDF5
import CHDF5Shims
import Glibc
import Synchronization

/// The one door to the HDF5 library: starts it, serialises calls, turns its error stack into errors.
public enum HDF5Library {
    /// The version of the library in use, such as `1.10.8`.
    public static var version: String {
        run {
            var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
            H5get_libversion(&major, &minor, &release)
            return "\(major).\(minor).\(release)"
        }
    }

    /// How many files, datasets, groups, types, spaces and property lists are open in this process.
    public static var openHandleCount: Int { handles.load(ordering: .relaxed) }

    private static let handles = Atomic<Int>(0)
    private static let door = Door()

    /// Runs calls to the library while no other thread does; calls may nest.
    static func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        door.enter()
        defer { door.leave() }
        return try body()
    }

    static func countHandle(_ change: Int) {
        handles.add(change, ordering: .relaxed)
    }

    /// An error that carries what the library reported on this thread.
    static func error(_ file: String, _ object: String = "", _ problem: String) -> HDF5Error {
        guard let text = hire_h5_take_error() else {
            return HDF5Error(file: file, object: object, problem: problem)
        }
        defer { free(text) }
        return HDF5Error(
            file: file, object: object, problem: problem, detail: String(cString: text))
    }

    /// Throws if a call reported failure.
    static func check(
        _ status: Int32, _ file: String, _ object: String, _ problem: @autoclosure () -> String
    ) throws {
        if status < 0 { throw error(file, object, problem()) }
    }

    /// A recursive lock; handles that close while an error passes through take it again.
    private final class Door: @unchecked Sendable {
        private let mutex: UnsafeMutablePointer<pthread_mutex_t>

        init() {
            mutex = .allocate(capacity: 1)
            var attributes = pthread_mutexattr_t()
            pthread_mutexattr_init(&attributes)
            pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
            pthread_mutex_init(mutex, &attributes)
            pthread_mutexattr_destroy(&attributes)
            let started = hire_h5_start()
            precondition(started >= 0, "The HDF5 library does not start.")
        }

        func enter() {
            pthread_mutex_lock(mutex)
            // Printing is a setting per thread, and a thread may be new here.
            hire_h5_quiet()
        }

        func leave() { pthread_mutex_unlock(mutex) }
    }
}
