import HireLua
import HireVLM
import Testing

/// A state with the test library, and what lives in it.
struct Bench {
    let host = TestHost()
    let population = Population()
    let state: LuaState

    init() throws {
        state = try LuaState(host: host)
        try state.install([TestLibrary.make(population)])
        try state.run("hire = require 'hire'; test = hire.test", name: "setup.lua")
    }

    /// Runs a script and gives what it returns, as text.
    @discardableResult
    func run(_ source: String) throws -> [String] {
        try state.run(source, name: "case.lua").map(Self.text)
    }

    /// The error that a script ends with.
    func error(_ source: String) -> LuaError? {
        do {
            _ = try state.run(source, name: "case.lua")
            Issue.record("No error from: \(source)")
            return nil
        } catch let error as LuaError {
            return error
        } catch {
            Issue.record("Not a Lua error: \(error)")
            return nil
        }
    }

    private static func text(_ value: ScriptValue) -> String {
        switch value {
        case .none: "nil"
        case .boolean(let flag): "\(flag)"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .string(let text): text
        case .list(let items): "{" + items.map(text).joined(separator: ",") + "}"
        case .table(let fields):
            "{" + fields.map { "\($0.key)=\(text($0.value))" }.joined(separator: ",") + "}"
        default: value.typeName
        }
    }
}
