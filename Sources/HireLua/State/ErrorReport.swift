import HireArray
import HireFiles
import HireHDF5
import HireNN
import HireStudies
import HireTensor
import HireVLM

/// Any error as scripts and the command line see it: a kind to branch on, one sentence, an exit status.
public struct ErrorReport {
    /// The kinds that scripts can branch on as `error.kind`.
    public enum Kind: String, Sendable {
        /// An argument or option of the wrong type, name or value.
        case argument
        /// Tensors whose shapes or dtypes do not fit.
        case shape
        /// An unknown plugin, a wrong configuration.
        case config
        /// A file that is not there.
        case missing
        /// A file whose contents are not what they must be.
        case data
        /// A file or folder that cannot be made.
        case create
        /// Reading or writing failed, a full disk among the causes.
        case io
        /// Something the machine lacks.
        case unavailable
        /// Ctrl-C, or another signal that asks to stop.
        case interrupted
        /// The script ended where it should: no failure.
        case ended
        /// Raised by Lua code.
        case lua
        /// Anything else.
        case failure

        /// The status with which the program ends when this kind of error ends it (sysexits.h).
        public var exitCode: Int32 {
            switch self {
            case .argument, .shape, .lua, .failure: 1
            case .data: 65
            case .missing: 66
            case .unavailable: 69
            case .create: 73
            case .io: 74
            case .config: 78
            case .interrupted: ScriptInterruption.Signal.interrupt.exitCode
            case .ended: 0
            }
        }
    }

    /// The kind of failure.
    public let kind: Kind
    /// The full sentence.
    public let message: String
    /// The module path in which it happened.
    public let path: String?
    /// The stack of Lua calls, where Lua was involved.
    public let traceback: String
    /// Whether the message begins with a Lua file and line.
    public let hasPosition: Bool
    /// What asked to stop, for an interruption.
    public let signal: ScriptInterruption.Signal?

    /// The status with which the program ends.
    public var exitCode: Int32 { signal?.exitCode ?? kind.exitCode }

    /// Describes an error.
    public init(_ error: any Error) {
        if let error = error as? LuaError {
            kind = error.kind
            message = Self.shortened(error.message)
            path = error.path
            traceback = error.traceback
            hasPosition = true
            signal = error.signal
            return
        }
        if let error = error as? ModuleError {
            let inner = ErrorReport(error.underlying)
            kind = inner.kind
            traceback = inner.traceback
            // What came out of a script inside another module already names the innermost path.
            path = inner.path ?? error.path
            message = inner.path == nil ? Self.shortened(error.description) : inner.message
            hasPosition = inner.hasPosition
            signal = inner.signal
            return
        }
        kind = Self.kind(of: error)
        message = Self.shortened(Self.message(of: error))
        path = nil
        traceback = ""
        hasPosition = false
        signal = (error as? ScriptInterruption)?.signal
    }

    /// Messages quote what they were given, which may be a megabyte; what matters stands at the beginning and the end.
    private static func shortened(_ message: String) -> String {
        let (head, tail) = (2000, 1000)
        guard message.utf8.count > 2 * (head + tail) else { return message }
        let left = message.utf8.count - head - tail
        return "\(message.prefix(head)) … (\(left) bytes left out) … \(message.suffix(tail))"
    }

    /// The sentence; positions and dimensions count from one, as they do in scripts.
    private static func message(of error: any Error) -> String {
        guard
            case ArrayError.index(let operation, let what, let got, let range)? = error
                as? ArrayError
        else { return String(describing: error) }
        let parts = range.replacing("..<", with: "...").split(separator: "...").compactMap {
            Int($0)
        }
        guard parts.count == 2 else { return String(describing: error) }
        let extent = parts[0] < 0 ? -parts[0] : parts[1]
        // Scripts name the last position, operations the one after it: the same number.
        let position = got >= 0 && what != "end" ? got + 1 : got
        if extent < 1 { return "\(operation): \(what) \(position) does not exist; there is none." }
        let negative = parts[0] < 0 ? " or -\(extent) to -1" : ""
        return "\(operation): \(what) \(position) does not exist; 1 to \(extent)\(negative) do."
    }

    private static func kind(of error: any Error) -> Kind {
        switch error {
        case is ScriptInterruption: .interrupted
        case is ScriptEnd: .ended
        case let error as FileError:
            switch error.category {
            case .badData: .data
            case .missingInput: .missing
            case .cannotCreate: .create
            case .inputOutput: .io
            }
        case let error as ArrayError:
            switch error {
            case .argument: .argument
            case .memory, .noValues: .failure
            default: .shape
            }
        case let error as ScriptError:
            if case .message = error { .failure } else { .argument }
        case is GraphError: .shape
        case is PluginError: .config
        case is GenerationError, is TableError: .argument
        case is HDF5Error, is JSONError, is LoadError: .data
        default: .failure
        }
    }
}
