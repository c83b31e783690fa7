import HireTensor

/// The checked arguments of one scripted call, read by name.
///
/// A binding has already matched values against the function's parameters, so reading a required parameter by its
/// declared type cannot fail; asking for a name that was not declared traps.
public struct ScriptArguments {
    /// The function being called, for messages.
    public let function: String
    /// What the script and its state offer: the context for new tensors, the output folder, the catalogue.
    public let host: any ScriptHost
    private let receiverObject: (any ScriptObject)?
    private let names: [String]
    private let values: [ScriptValue]

    /// Arguments in the order of their names; `.none` where one was left out.
    public init(
        function: String, host: any ScriptHost, receiver: (any ScriptObject)? = nil,
        names: [String], values: [ScriptValue]
    ) {
        precondition(names.count == values.count, "Each argument of \(function) needs a value.")
        self.function = function
        self.host = host
        self.receiverObject = receiver
        self.names = names
        self.values = values
    }

    /// The object a method was called on.
    public func receiver<T: ScriptObject>(_ type: T.Type) -> T {
        guard let object = receiverObject as? T else {
            preconditionFailure("\(function) was bound to the wrong class.")
        }
        return object
    }

    /// The raw value; `.none` where it was left out.
    public func value(_ name: String) -> ScriptValue {
        // A handful of short names: looking through them is faster than hashing.
        for position in names.indices where names[position] == name { return values[position] }
        return .none
    }

    /// Whether the argument was given.
    public func has(_ name: String) -> Bool {
        if case .none = value(name) { return false }
        return true
    }

    /// A tensor.
    public func tensor(_ name: String) throws -> Tensor {
        guard case .tensor(let tensor) = value(name) else { throw mismatch(name, "a tensor") }
        return tensor
    }

    /// A tensor, or nil where it was left out.
    public func optionalTensor(_ name: String) throws -> Tensor? {
        has(name) ? try tensor(name) : nil
    }

    /// An integer, or the default where it was left out.
    public func integer(_ name: String, default fallback: Int? = nil) throws -> Int {
        switch value(name) {
        case .integer(let integer): return integer
        case .none: if let fallback { return fallback }
        default: break
        }
        throw mismatch(name, "an integer")
    }

    /// A number, or the default where it was left out.
    public func number(_ name: String, default fallback: Double? = nil) throws -> Double {
        switch value(name) {
        case .integer(let integer): return Double(integer)
        case .number(let number): return number
        case .none: if let fallback { return fallback }
        default: break
        }
        throw mismatch(name, "a number")
    }

    /// A boolean, or the default where it was left out.
    public func boolean(_ name: String, default fallback: Bool? = nil) throws -> Bool {
        switch value(name) {
        case .boolean(let flag): return flag
        case .none: if let fallback { return fallback }
        default: break
        }
        throw mismatch(name, "a boolean")
    }

    /// A string, or the default where it was left out.
    public func string(_ name: String, default fallback: String? = nil) throws -> String {
        switch value(name) {
        case .string(let text): return text
        case .none: if let fallback { return fallback }
        default: break
        }
        throw mismatch(name, "a string")
    }

    /// A string, or nil where it was left out.
    public func optionalString(_ name: String) throws -> String? {
        has(name) ? try string(name) : nil
    }

    /// A list of integers; a single integer stands for a list of one.
    public func integers(_ name: String) throws -> [Int] {
        switch value(name) {
        case .integer(let integer): return [integer]
        case .list(let items):
            return try items.map { item in
                guard case .integer(let integer) = item else {
                    throw mismatch(name, "a list of integers")
                }
                return integer
            }
        default: throw mismatch(name, "a list of integers")
        }
    }

    /// A list of strings; a single string stands for a list of one; empty where it was left out.
    public func strings(_ name: String) throws -> [String] {
        switch value(name) {
        case .none: return []
        case .string(let text): return [text]
        case .list(let items):
            return try items.map { item in
                guard case .string(let text) = item else {
                    throw mismatch(name, "a list of strings")
                }
                return text
            }
        default: throw mismatch(name, "a list of strings")
        }
    }

    /// A list of any values; empty where it was left out.
    public func list(_ name: String) throws -> [ScriptValue] {
        switch value(name) {
        case .none: return []
        case .list(let items): return items
        default: throw mismatch(name, "a list")
        }
    }

    /// Named fields; empty where it was left out.
    public func table(_ name: String) throws -> [(key: String, value: ScriptValue)] {
        switch value(name) {
        case .none: return []
        case .table(let fields): return fields
        case .list(let items) where items.isEmpty: return []
        default: throw mismatch(name, "a table with named fields")
        }
    }

    /// A script function, or nil where it was left out.
    public func function(_ name: String) throws -> (any ScriptCallable)? {
        switch value(name) {
        case .none: return nil
        case .function(let function): return function
        default: throw mismatch(name, "a function")
        }
    }

    /// An object of a Swift type.
    public func object<T>(_ name: String, _ type: T.Type) throws -> T {
        guard case .object(let object) = value(name), let typed = object as? T else {
            throw mismatch(name, "an object (\(type))")
        }
        return typed
    }

    /// The error for an argument whose value does not do.
    public func mismatch(_ name: String, _ expected: String) -> ScriptError {
        .argument(function: function, name: name, expected: expected, got: value(name).typeName)
    }
}
