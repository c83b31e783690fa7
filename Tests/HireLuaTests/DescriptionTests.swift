import Builtin
import HireFiles
import HireLua
import HireTestSupport
import HireVLM
import Testing

/// Every function that scripts can call is described completely, and its example runs.
@Suite struct DescriptionTests {
    private static let keywords: Set = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if",
        "in", "local",
        "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    /// All functions and methods with the names that messages call them by.
    static let functions: [(name: String, function: ScriptFunction)] = LibraryList.all.flatMap {
        library in
        let owner = library.name.isEmpty ? "hire" : "hire.\(library.name)"
        return library.functions.map { ("\(owner).\($0.name)", $0) }
            + library.classes.flatMap { described in
                described.methods.map { ("\(described.name):\($0.name)", $0) }
            }
    }

    @Test func everyFunctionIsDescribed() {
        for (name, function) in Self.functions {
            #expect(Self.isSentence(function.summary), "\(name): \(function.summary)")
            for parameter in function.parameters + function.options {
                #expect(
                    Self.isSentence(parameter.summary),
                    "\(name), \(parameter.name): \(parameter.summary)")
            }
            let firstOptional = function.parameters.firstIndex { $0.isOptional } ?? .max
            let lastRequired = function.parameters.lastIndex { !$0.isOptional } ?? -1
            #expect(
                lastRequired < firstOptional,
                "\(name): a required parameter follows an optional one.")
        }
    }

    @Test func everyNameCanBeWrittenInLua() {
        for (name, function) in Self.functions {
            let names = [function.name] + (function.parameters + function.options).map(\.name)
            for word in names {
                #expect(!Self.keywords.contains(word), "\(name): '\(word)' is a word of Lua.")
                #expect(
                    word.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" },
                    "\(name): '\(word)'")
            }
            #expect(Set(names.dropFirst()).count == names.count - 1, "\(name): a name comes twice.")
        }
        #expect(Set(Self.functions.map(\.name)).count == Self.functions.count)
    }

    @Test func everyExampleRuns() throws {
        for (name, function) in Self.functions {
            guard let example = function.example else { continue }
            let folder = try TemporaryFolder()
            let host = TestHost(outputFolder: folder.path)
            host.catalog = try BuiltinPlugins.catalog()
            let state = try LuaState(host: host)
            try state.install(LibraryList.all)
            do {
                try state.run("hire = require \"hire\"", name: "start")
                try state.run(example, name: name)
            } catch {
                Issue.record("The example of \(name) fails: \(error)")
            }
        }
    }

    /// Operations are exercised by the examples of their table; functions on files of the user's need those files.
    @Test func libraryFunctionsShowAnExample() {
        for library in LibraryList.all where !["tensor", "image", "picture"].contains(library.name)
        {
            for function in library.functions {
                #expect(function.example != nil, "hire.\(library.name).\(function.name) has none.")
            }
        }
    }

    @Test func generatedFilesAreUpToDate() throws {
        let files = [
            (GeneratedFiles.annotations, AnnotationWriter(LibraryList.all).text()),
            (GeneratedFiles.manual, ManualWriter(LibraryList.all).text()),
        ]
        for (path, text) in files {
            let stored = try? SystemFileSystem().readAll("\(repository)/\(path)")
            let isUpToDate = stored == Array(text.utf8)
            #expect(isUpToDate, "\(path) is out of date; run `hire annotations`.")
        }
    }

    @Test func annotationsAreValidLua() throws {
        let bench = try Bench()
        _ = try bench.state.load(AnnotationWriter(LibraryList.all).text(), name: "hire.gen.lua")
    }

    @Test func helpFindsEveryNameAndSuggestsOthers() throws {
        let index = HelpIndex(LibraryList.all)
        for (name, function) in Self.functions {
            #expect(try index.page(name).contains(function.summary), "\(name)")
        }
        #expect(throws: ScriptError.self) { try index.page("tensr") }
        #expect(try index.page("softmax").contains("hire.tensor.softmax"))
    }

    private static func isSentence(_ text: String) -> Bool {
        text.count >= 4 && (text.hasSuffix(".") || text.hasSuffix(".\"") || text.hasSuffix("`."))
    }
}
