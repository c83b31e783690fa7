import HireVLM

/// A Lua state in which pieces of code are run one after another: the REPL and notebooks.
public final class ScriptSession {
    /// What came of one piece of code.
    public enum Outcome {
        /// It ran; the values it gave, as they are shown.
        case values([ShownValue])
        /// It is only the beginning of a statement.
        case incomplete
        /// It failed.
        case failure(LuaError)
    }

    /// The state with all globals.
    public let state: LuaState

    /// A session in a state.
    public init(state: LuaState) { self.state = state }

    /// Runs a piece of code.
    ///
    /// An expression, also after `=`, gives its values; `nil` alone gives none.
    ///
    /// - Parameter name: what error messages call the code.
    public func evaluate(_ source: String, name: String) -> Outcome {
        let text = source.hasPrefix("=") ? String(source.dropFirst()) : source
        if let expression = try? state.load("return " + text, name: name) {
            return run(expression)
        }
        do {
            return run(try state.load(text, name: name))
        } catch let error as LuaError {
            return error.message.hasSuffix("near <eof>") ? .incomplete : .failure(error)
        } catch {
            return .failure(LuaError(message: String(describing: error)))
        }
    }

    /// Runs a piece of code whose last line may be an expression to show, as notebook cells have it.
    public func evaluateCell(_ source: String, name: String) -> Outcome {
        let whole = evaluate(source, name: name)
        switch whole {
        case .values: return whole
        case .incomplete: break
        // Only a syntax error has no stack of calls.
        case .failure(let error): if !error.traceback.isEmpty { return whole }
        }
        var lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // The shortest tail that is an expression with complete statements above it: tables over several lines and
        // chained calls count as one.
        while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
        for start in lines.indices.dropFirst().reversed() {
            let tail = lines[start...].joined(separator: "\n")
            guard (try? state.load("return " + tail, name: name)) != nil else { continue }
            let head = lines[..<start].joined(separator: "\n")
            guard let function = try? state.load(head + "\nreturn " + tail, name: name) else {
                continue
            }
            return run(function)
        }
        return whole
    }

    private func run(_ function: LuaFunction) -> Outcome {
        do {
            return .values(try function.show())
        } catch let error as LuaError {
            return .failure(error)
        } catch {
            return .failure(LuaError(message: String(describing: error)))
        }
    }
}
