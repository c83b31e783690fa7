import HireLua
import Testing

@Suite struct ArgumentTests {
    @Test func positionsCountFromOneAndNegativeOnesFromTheEnd() throws {
        let bench = try Bench()
        #expect(try bench.run("return test.describe({2, 3}, 1)") == ["[2, 3] 0 near 1.0 []", "1"])
        #expect(
            try bench.run("return test.describe({2, 3}, -1)") == ["[2, 3] -1 near 1.0 []", "-1"])
        #expect(
            try bench.run("return (test.describe({2}, {dims = {1, -1}}))") == [
                "[2] -1 near 1.0 [0, -1]"
            ])
        #expect(bench.error("test.describe({2}, 0)")?.message.contains("got 0.") == true)
    }

    @Test func optionsMayNameOptionalParameters() throws {
        let bench = try Bench()
        #expect(
            try bench.run("return (test.describe({2}, {dim = 2, mode = 'far', scale = 3}))")
                == ["[2] 1 far 3.0 []"])
        #expect(
            bench.error("test.describe({2}, 1, {dim = 2})")?.message.contains("given twice") == true
        )
    }

    @Test func unknownOptionsNameTheNearest() throws {
        let bench = try Bench()
        let error = try #require(bench.error("\ntest.describe({2}, {mod = 'far'})"))
        #expect(
            error.message.hasPrefix(
                "case.lua:2: hire.test.describe: unknown option 'mod'. Did you mean 'mode'?"))
        #expect(error.kind == .argument)
    }

    @Test func wrongTypesSayWhatWasExpectedAndGot() throws {
        let bench = try Bench()
        let cases = [
            (
                "test.describe()",
                "argument 'shape' must be a list, each item an integer, got nothing."
            ),
            ("test.describe({1, 'x'})", "got the string 'x' at position 2."),
            ("test.describe({1}, {mode = 'fra'})", "(did you mean 'far'?)"),
            ("test.describe({1}, 1.5)", "got the number 1.5."),
            (
                "test.describe({1}, 1, 2)",
                "expected at most 2 arguments and a table of options, got 3."
            ),
            ("test.call(1)", "argument 'f' must be a function, got the number 1."),
            ("test.pebble(test.pebble())", "got a value of type test.Pebble."),
        ]
        for (source, expected) in cases {
            let message = bench.error(source)?.message ?? ""
            #expect(message.contains(expected), "\(source): \(message)")
        }
    }

    @Test func unknownNamesInLibrariesAndObjectsNameTheNearest() throws {
        let bench = try Bench()
        #expect(bench.error("test.peble(1)")?.message.contains("did you mean 'pebble'?") == true)
        #expect(
            bench.error("return test.pebble().wieght")?.message.contains("did you mean 'weight'?")
                == true)
        #expect(
            bench.error("return hire.tests.x")?.message.contains("did you mean 'test'?") == true)
    }
}
