import HireFiles
import HireVLM

/// Finds and writes the help of everything scripts can use.
public struct HelpIndex {
    private let libraries: [ScriptLibrary]
    private let pages: [(name: String, text: String)]

    /// The help of a list of libraries.
    public init(_ libraries: [ScriptLibrary]) {
        self.libraries = libraries
        var pages: [(name: String, text: String)] = []
        for library in libraries {
            let owner = Signature.owner(of: library)
            if !library.name.isEmpty {
                pages.append((owner, Self.page(of: library)))
            }
            for function in library.functions {
                pages.append(("\(owner).\(function.name)", Self.page(of: function, owner + ".")))
            }
            for described in library.classes {
                pages.append((described.name, Self.page(of: described)))
                for method in described.methods {
                    pages.append(
                        (
                            "\(described.name):\(method.name)",
                            Self.page(of: method, described.name + ":")
                        ))
                }
            }
        }
        self.pages = pages
    }

    /// All libraries with one line each.
    public func overview() -> String {
        let lines = libraries.filter { !$0.name.isEmpty }.map { "  hire.\($0.name)  \($0.summary)" }
        return "Libraries of hire (hire.help(\"NAME\") for more):\n" + lines.joined(separator: "\n")
    }

    /// The page of a name, with or without `hire.` in front; several pages where a short name has several meanings.
    ///
    /// - Throws: `ScriptError.message` with the nearest names.
    public func page(_ name: String) throws -> String {
        let wanted = name.replacing(":", with: ".")
        let exact = pages.filter { page in
            let known = page.name.replacing(":", with: ".")
            return known == wanted || known == "hire." + wanted
        }
        if let found = exact.first { return found.text }
        let endings = pages.filter { $0.name.replacing(":", with: ".").hasSuffix("." + wanted) }
        if !endings.isEmpty { return endings.map(\.text).joined(separator: "\n\n") }
        let known = pages.map(\.name)
        let short = known.flatMap { name in
            let path = String(name.dropFirst("hire.".count))
            let last = path.split { $0 == "." || $0 == ":" }.last.map(String.init) ?? path
            return last == path ? [path] : [path, last]
        }
        throw ScriptError.message(
            NearestNames.sentence(kind: "help topic", name: name, among: short, shown: 8))
    }

    private static func page(of library: ScriptLibrary) -> String {
        var lines = ["hire.\(library.name): \(library.summary)", ""]
        lines += library.functions.map { "  \($0.name)  \($0.summary)" }
        lines += library.classes.map { "  \($0.name)  \($0.summary)" }
        return lines.joined(separator: "\n")
    }

    private static func page(of described: ScriptClass) -> String {
        var lines = ["\(described.name): \(described.summary)", ""]
        if let base = described.base {
            lines.insert("It has everything that \(base.name) has.", at: 1)
        }
        lines += described.properties.map { "  .\($0.name)  \($0.summary)" }
        lines += described.methods.map { "  :\($0.name)  \($0.summary)" }
        return lines.joined(separator: "\n")
    }

    private static func page(of function: ScriptFunction, _ owner: String) -> String {
        var lines = [owner + Signature.text(function), "", function.summary]
        for parameter in function.parameters + function.options {
            lines.append("  \(parameter.name): \(Signature.phrase(parameter))")
        }
        for result in function.returns {
            lines.append("  gives \(result.type.description): \(result.summary)")
        }
        if let example = function.example {
            lines.append("")
            lines += example.split(separator: "\n").map { "    \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}

/// How functions are written in help and the manual.
enum Signature {
    /// `hire`, or `hire.` and the library's name.
    static func owner(of library: ScriptLibrary) -> String {
        library.name.isEmpty ? "hire" : "hire.\(library.name)"
    }

    /// `name(a, [b], {option = …})`.
    static func text(_ function: ScriptFunction) -> String {
        var parts = function.parameters.map { $0.isOptional ? "[\($0.name)]" : $0.name }
        if !function.options.isEmpty {
            parts.append(
                "{ " + function.options.map { "\($0.name) = …" }.joined(separator: ", ") + " }")
        }
        return "\(function.name)(\(parts.joined(separator: ", ")))"
    }

    /// Type, meaning and default of a parameter.
    static func phrase(_ parameter: ScriptParameter) -> String {
        var text = "\(parameter.type.description)"
        if parameter.isOptional { text += ", optional" }
        text += ". " + parameter.summary
        if let standard = parameter.defaultText { text += " Default: \(standard)." }
        return text
    }
}
