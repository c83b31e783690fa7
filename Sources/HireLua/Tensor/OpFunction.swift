import HireTensor
import HireVLM

/// Turns an operation of `OpTable` into functions of scripts: one in `hire.tensor`, and a method where the first
/// operand is a tensor.
struct OpFunction {
    let op: Op

    /// Names of operations and parameters that are words of Lua's grammar, and what scripts call them.
    private static let renamed = ["repeat": "repeated", "end": "last"]

    static func scriptName(_ name: String) -> String { renamed[name] ?? name }

    /// The operation that scripts call by a name.
    static func op(scriptName name: String) -> Op? {
        OpTable.op(named: renamed.first { $0.value == name }?.key ?? name)
    }

    /// `hire.tensor.name(x, …)`.
    var function: ScriptFunction { make(parameters: op.parameters[...], isMethod: false) }

    /// `x:name(…)`; nil if the first parameter is no tensor.
    var method: ScriptFunction? {
        guard let first = op.parameters.first else { return nil }
        switch first.kind {
        case .tensor, .operand, .indexTensor, .flagTensor:
            return make(parameters: op.parameters.dropFirst(), isMethod: true)
        default: return nil
        }
    }

    private func make(parameters: ArraySlice<OpParameter>, isMethod: Bool) -> ScriptFunction {
        let op = op
        let names = parameters.map { ($0, Self.scriptName($0.name)) }
        let isList = op.results.first?.kind == .tensors
        let counterpart = op.counterpart.map { " Same numbers as \($0)." } ?? ""
        return ScriptFunction(
            Self.scriptName(op.name), op.summary + counterpart,
            parameters: parameters.map(Self.parameter),
            returns: op.results.map { result in
                ScriptResult(isList ? .list(.tensor) : .tensor, result.name)
            }
        ) { arguments in
            var context = arguments.host.context
            var values: [OpValue] = []
            values.reserveCapacity(op.parameters.count)
            if isMethod {
                let tensor = arguments.receiver(TensorObject.self).tensor
                context = tensor.context
                values.append(.tensor(tensor))
            }
            for (parameter, name) in names {
                let value = Self.value(arguments.value(name), parameter.kind)
                if case .tensor(let tensor) = value { context = tensor.context }
                values.append(value)
            }
            let results = try op.apply(OpArguments(of: op, in: context, values))
            if isList { return [.list(results.map(ScriptValue.tensor))] }
            return results.map(ScriptValue.tensor)
        }
    }

    private static func parameter(_ parameter: OpParameter) -> ScriptParameter {
        let name = scriptName(parameter.name)
        let type = type(parameter.kind)
        var summary = parameter.summary
        if parameter.kind == .end { summary = "The last position, included; left out, the end." }
        guard let value = parameter.defaultValue else {
            return ScriptParameter(name, type, summary)
        }
        return .optional(name, type, summary, default: text(value, parameter.kind))
    }

    private static func type(_ kind: OpParameterKind) -> ScriptType {
        switch kind {
        case .tensor, .optionalTensor, .indexTensor, .flagTensor: .tensor
        case .operand: .either([.tensor, .number])
        case .tensorList: .list(.tensor)
        case .integer: .integer
        case .integers, .pair, .shape: .list(.integer)
        case .number: .number
        case .flag: .boolean
        case .choice(let names): .choice(names)
        case .dimension: .dimension
        case .dimensions: .dimensions
        case .index, .end: .index
        }
    }

    /// How the manual writes a default, with dimensions and positions counted from one.
    private static func text(_ value: OpDefault, _ kind: OpParameterKind) -> String? {
        let shift = { (position: Int) in position >= 0 ? position + 1 : position }
        switch (value, kind) {
        case (.absent, _): return nil
        case (.integer(let integer), .dimension), (.integer(let integer), .index):
            return "\(shift(integer))"
        case (.integers(let integers), .dimensions): return "\(integers.map(shift))"
        case (.integer(let integer), _): return "\(integer)"
        case (.integers(let integers), _):
            return "{ " + integers.map(String.init).joined(separator: ", ") + " }"
        case (.number(let number), _): return "\(number)"
        case (.flag(let flag), _): return "\(flag)"
        case (.choice(let name), _): return "\"\(name)\""
        }
    }

    private static func value(_ value: ScriptValue, _ kind: OpParameterKind) -> OpValue {
        switch value {
        case .none: return .absent
        case .tensor(let tensor): return .tensor(tensor)
        case .integer(let integer):
            guard kind == .end else { return .integer(integer) }
            // Included and from zero by now; the operation wants the position after it.
            return integer == -1 ? .absent : .integer(integer + 1)
        case .number(let number): return .number(number)
        case .boolean(let flag): return .flag(flag)
        case .string(let name): return .choice(name)
        case .list(let items):
            if kind == .tensorList {
                return .tensors(
                    items.compactMap { if case .tensor(let tensor) = $0 { tensor } else { nil } })
            }
            return .integers(
                items.compactMap { if case .integer(let integer) = $0 { integer } else { nil } })
        case .table, .object, .function:
            preconditionFailure("A value of another type passed the check of arguments.")
        }
    }
}
