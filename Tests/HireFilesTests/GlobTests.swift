import HireFiles
import Testing

@Suite("Globs over module paths")
struct GlobTests {
    @Test(
        "Patterns match as described",
        arguments: [
            ("encoder.layers.*.output", "encoder.layers.3.output", true),
            ("encoder.layers.*.output", "encoder.layers.3.x.output", false),
            ("encoder.layers.*.output", "encoder.layers.output", false),
            ("encoder.**.output", "encoder.output", true),
            ("encoder.**.output", "encoder.layers.3.output", true),
            ("encoder.**", "encoder", true),
            ("encoder.**", "encoder.a.b", true),
            ("encoder.**", "encoders.a", false),
            ("**.norm", "norm", true),
            ("**.norm", "a.b.norm", true),
            ("**.norm", "a.b.norms", false),
            ("**", "anything.at.all", true),
            ("*", "one.two", false),
            ("*", "one", true),
            ("layer?", "layer1", true),
            ("layer?", "layer", false),
            ("layer?", "layer12", false),
            ("?", ".", false),
            ("{q,k,v}_proj", "k_proj", true),
            ("{q,k,v}_proj", "o_proj", false),
            ("{a.b,c}.d", "a.b.d", true),
            ("{,x}y", "y", true),
            ("{a{b,c},d}", "ac", true),
            ("layers.{20..23}.output", "layers.21.output", true),
            ("layers.{20..23}", "layers.24", false),
            ("layers.{9..11}", "layers.10", true),
            ("layers.{3..1}", "layers.2", true),
            ("layers.{2..2}", "layers.2", true),
            ("{a..c}", "a..c", true),
            ("{a,1..2}", "1..2", true),
            ("layers.[0-3]", "layers.2", true),
            ("layers.[0-3]", "layers.4", false),
            ("layers.[!0-3]", "layers.4", true),
            ("layers.[!0-3].x", "layers...x", false),
            ("[a-]", "-", true),
            ("a.**.**.b", "a.b", true),
            ("up.*", "up.", true),
            ("é*", "état", true),
        ])
    func matches(pattern: String, path: String, expected: Bool) throws {
        #expect(try Glob(pattern).matches(path) == expected)
    }

    @Test(
        "Patterns that make no sense say where",
        arguments: [
            ("", 1), ("a**", 2), ("***", 1), ("{**,a}", 2), ("[a", 1), ("[]", 1), ("{a", 1),
            ("a}", 2),
            ("]", 1), ("[3-0]", 2),
        ])
    func refuses(pattern: String, position: Int) {
        let error = #expect(throws: GlobError.self) { try Glob(pattern) }
        #expect(error?.position == position)
        #expect(error?.description.contains("'\(pattern)'") == true)
    }

    @Test("A pattern made to explode takes no longer than its size allows")
    func linear() throws {
        // Backtracking would need more than 2^40 steps here; all-at-once needs about 60 x 2,000.
        let pattern = String(repeating: "*a", count: 30) + "b"
        let path = String(repeating: "a", count: 2_000)
        #expect(try !Glob(pattern).matches(path))
        let segments = String(repeating: "**.a.", count: 30) + "b"
        #expect(try !Glob(segments).matches(String(repeating: "a.", count: 1_000) + "a"))
        #expect(throws: GlobError.self) { try Glob(String(repeating: "{", count: 1_000)) }
    }

    @Test("A count of numbers has a limit")
    func numbers() {
        let error = #expect(throws: GlobError.self) { try Glob("a.{0..9999}") }
        #expect(error?.description.contains("more than 1024 numbers") == true)
    }

    private func chosen(_ patterns: [String]) throws -> [Int?] {
        let names = ["a.0", "a.1", "b.0", "b.1"]
        return try GlobList(patterns).choose(names.count) { $0.matches(names[$1]) }
    }

    @Test("Patterns with '!' remove what earlier ones chose, and later ones may bring it back")
    func negation() throws {
        #expect(try chosen(["**"]) == [0, 0, 0, 0])
        #expect(try chosen(["**", "!a.*"]) == [nil, nil, 0, 0])
        #expect(try chosen(["**", "!a.*", "a.1"]) == [nil, 2, 0, 0])
        #expect(try chosen(["a.*", "*.0"]) == [1, 0, 1, nil])
        #expect(try chosen([]) == [nil, nil, nil, nil])
    }

    @Test("A pattern that does nothing is a problem of its own")
    func idle() throws {
        func problem(_ patterns: [String]) -> GlobList.Problem? {
            #expect(throws: GlobList.Problem.self) { try chosen(patterns) }
        }
        #expect(problem(["a.*", "c"]) == .matchesNothing("c"))
        #expect(problem(["a.*", "!b.*"]) == .removesNothing("!b.*"))
        #expect(problem(["a.0", "!a.1", "a.1"]) == .removesNothing("!a.1"))
        #expect(problem(["a.*", "!a.*"]) == .nothingLeft)
        let only = #expect(throws: GlobError.self) { try GlobList(["!a", "!b"]) }
        #expect(only?.description.contains("earlier patterns chose") == true)
        let broken = #expect(throws: GlobError.self) { try GlobList(["a", "!{b"]) }
        #expect(broken?.position == 2)
        #expect(broken?.description.contains("'!{b'") == true)
    }

    @Test("Selection keeps the order of the paths")
    func selects() throws {
        let paths = ["b.1", "a.1", "a.2.x", "a.2"]
        #expect(try Glob("a.*").select(from: paths) == ["a.1", "a.2"])
    }
}
