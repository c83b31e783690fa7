import Glibc

/// The user or the system asked to stop; what was finished is kept and the program ends with the signal's status.
public struct ScriptInterruption: Error, CustomStringConvertible, Equatable {
    /// The signals that ask a script to stop.
    public enum Signal: String, Sendable, CaseIterable {
        /// Ctrl-C.
        case interrupt = "SIGINT"
        /// `kill`, a time limit, the system going down.
        case terminate = "SIGTERM"
        /// The terminal went away.
        case hangUp = "SIGHUP"
        /// What a cluster sends before it takes the machine away.
        case user1 = "SIGUSR1"
        /// The same on other clusters.
        case user2 = "SIGUSR2"

        /// The system's number for it.
        public var number: Int32 {
            switch self {
            case .interrupt: SIGINT
            case .terminate: SIGTERM
            case .hangUp: SIGHUP
            case .user1: SIGUSR1
            case .user2: SIGUSR2
            }
        }

        /// The signal with a number, or nil if it does not ask to stop.
        public init?(number: Int32) {
            guard let signal = Signal.allCases.first(where: { $0.number == number }) else {
                return nil
            }
            self = signal
        }

        /// The status with which the program ends: 128 and the number, or 75 ("try again", sysexits.h) for the
        /// signals that announce that the machine is needed elsewhere.
        public var exitCode: Int32 {
            switch self {
            case .user1, .user2: 75
            case .interrupt, .terminate, .hangUp: 128 + number
            }
        }
    }

    /// What asked.
    public let signal: Signal

    /// An interruption by a signal.
    public init(_ signal: Signal = .interrupt) { self.signal = signal }

    /// One sentence.
    public var description: String {
        signal == .interrupt
            ? "Interrupted; what was finished is kept."
            : "Stopped by \(signal.rawValue); what was finished is kept."
    }
}
