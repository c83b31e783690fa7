import Glibc
import HireFuzzing

/// Runs inputs one after another and ends the process at the first that misbehaves.
struct FuzzChild {
    let target: FuzzTarget
    let seeds: [[UInt8]]
    let seed: UInt64
    let status: StatusPage
    /// Whether this build has sanitisers, which take time and memory of their own.
    let isSanitised: Bool

    /// Exit statuses that the parent understands.
    static let odd: Int32 = 78
    static let memory: Int32 = 77
    /// What an input may make the process grow, or four times its own size if that is more.
    static let growthLimit = 16 << 20

    func run(from start: Int, to end: Int) -> Never {
        // What is made once (tables, library state) is not counted against an input.
        for bytes in seeds { _ = FuzzVerdict(target, bytes) }
        var peak = Self.peakBytes()
        for index in start..<end {
            status.index = index
            let input = target.input(index, seed: seed, from: seeds)
            Self.limitSeconds(isSanitised ? 20 : 1)
            let verdict = FuzzVerdict(target, input)
            Self.limitSeconds(0)
            switch verdict {
            case .accepted: status.accepted += 1
            case .refused: status.refused += 1
            case .broken(let problem):
                status.text = problem
                exit(Self.odd)
            }
            let now = Self.peakBytes()
            status.growth = max(status.growth, now - peak)
            if !isSanitised, now - peak > max(Self.growthLimit, 4 * input.count) {
                status.text = "grew by \(now - peak) bytes for an input of \(input.count)"
                exit(Self.memory)
            }
            peak = now
        }
        status.index = end
        exit(0)
    }

    /// Ends the process with SIGPROF after so many seconds of its own time; other work on the machine does not count.
    private static func limitSeconds(_ seconds: Int) {
        var timer = itimerval()
        timer.it_value.tv_sec = seconds
        setitimer(__itimer_which_t(2), &timer, nil)
    }

    private static func peakBytes() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(0), &usage)
        return usage.ru_maxrss * 1024
    }
}
