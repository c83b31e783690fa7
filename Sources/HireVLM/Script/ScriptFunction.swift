/// One value that describes a function scripts can call: from it come argument checks, `help`, editor annotations,
/// the manual page and a conformance test.
public struct ScriptFunction: Sendable {
    /// The name in its library or class, lower_snake.
    public let name: String
    /// One sentence on what it does.
    public let summary: String
    /// Positional parameters.
    public let parameters: [ScriptParameter]
    /// Named options, given in one trailing table; an unknown name is an error.
    public let options: [ScriptParameter]
    /// The results.
    public let returns: [ScriptResult]
    /// A short script that uses it and runs as it stands, or nil.
    public let example: String?
    /// What it does.
    public let body: @Sendable (ScriptArguments) throws -> [ScriptValue]

    /// A function given its description and body.
    public init(
        _ name: String, _ summary: String, parameters: [ScriptParameter] = [],
        options: [ScriptParameter] = [], returns: [ScriptResult] = [], example: String? = nil,
        body: @escaping @Sendable (ScriptArguments) throws -> [ScriptValue]
    ) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.options = options
        self.returns = returns
        self.example = example
        self.body = body
    }
}

/// A parameter or option of a scripted function.
public struct ScriptParameter: Sendable {
    /// The name, lower_snake.
    public let name: String
    /// What it takes.
    public let type: ScriptType
    /// One sentence on what it means, with unit and shape.
    public let summary: String
    /// Whether it may be left out (or nil).
    public let isOptional: Bool
    /// How manuals print the default; the body supplies it.
    public let defaultText: String?

    /// A required parameter.
    public init(_ name: String, _ type: ScriptType, _ summary: String) {
        self.init(name, type, summary, isOptional: false, defaultText: nil)
    }

    /// A parameter that may be left out.
    public static func optional(
        _ name: String, _ type: ScriptType, _ summary: String, default text: String? = nil
    ) -> ScriptParameter {
        ScriptParameter(name, type, summary, isOptional: true, defaultText: text)
    }

    private init(
        _ name: String, _ type: ScriptType, _ summary: String, isOptional: Bool,
        defaultText: String?
    ) {
        self.name = name
        self.type = type
        self.summary = summary
        self.isOptional = isOptional
        self.defaultText = defaultText
    }
}

/// A result of a scripted function.
public struct ScriptResult: Sendable {
    /// Its type.
    public let type: ScriptType
    /// One phrase on what it is.
    public let summary: String

    /// A result of a type.
    public init(_ type: ScriptType, _ summary: String) {
        self.type = type
        self.summary = summary
    }
}
