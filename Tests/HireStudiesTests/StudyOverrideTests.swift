import HireFiles
import HireVLM
import Testing

/// `key=value,value` on the command line.
@Suite struct StudyOverrideTests {
    static let good: [(text: String, values: [JSONValue])] = [
        ("training.steps=100", [100]),
        ("training.steps=100,200,400", [100, 200, 400]),
        ("a=1, 2", [1, 2]),
        ("a=-1", [-1]),
        ("a=1e-3,5E2", [.number(1e-3), .number(500)]),
        ("a=0.5", [0.5]),
        ("a=.5", [".5"]),
        ("a=007", ["007"]),
        ("a=true,false,null", [true, false, nil]),
        ("a=True", ["True"]),
        ("a=NaN", ["NaN"]),
        ("a=hire,jbu", ["hire", "jbu"]),
        ("a=\"hire,jbu\"", ["hire,jbu"]),
        ("a=\"\"", [""]),
        ("a=\"a \\\"b\\\", c\",d", ["a \"b\", c", "d"]),
        ("a=\"\\\\\",x", ["\\", "x"]),
        ("a=\"é\"", ["é"]),
        ("a=[1,2],[3]", [[1, 2], [3]]),
        ("seeds=[1,2,3]", [[1, 2, 3]]),
        ("a={\"x\":1,\"y\":[1,2]},{}", [["x": 1, "y": [1, 2]], [:]]),
        ("a=encoder.layers.{0,3}.output", ["encoder.layers.{0,3}.output"]),
        ("a=[0-3]*,*", ["[0-3]*", "*"]),
        ("a=[hire,jbu]", ["[hire,jbu]"]),
        ("a=x=y", ["x=y"]),
        ("a=--flag", ["--flag"]),
        ("a=don't", ["don't"]),
        ("a=/data/my file.json", ["/data/my file.json"]),
        ("a=12345678901234567890", [.number(1.2345678901234567e19)]),
        ("_a.b-c.d2=1", [1]),
    ]

    static let bad: [(text: String, part: String)] = [
        ("training.steps", "write key=value, as in training.steps=100"),
        ("", "write key=value"),
        ("=1", "has no key"),
        ("a=", "has an empty value"),
        ("a=  ", "has an empty value"),
        ("a=1,", "has an empty value"),
        ("a=,1", "has an empty value"),
        ("a=1,,2", "has an empty value"),
        (".a=1", "a part between its dots is empty"),
        ("a.=1", "a part between its dots is empty"),
        ("a..b=1", "a part between its dots is empty"),
        ("1a=1", "'1a' is no identifier"),
        ("a b=1", "'a b' is no identifier"),
        ("-a=1", "'-a' is no identifier"),
        ("a.*=1", "'*' is no identifier"),
        ("é=1", "'é' is no identifier"),
        ("a=\"x", "does not close it"),
        ("a=x\"y", "does not close it"),
        ("a=[1,2", "lacks a closing ]"),
        ("a={[}", "closes a } that nothing opened"),
        ("a=1]", "closes a ] that nothing opened"),
        ("a=\"x\"y", "begins like JSON and is none"),
        ("a={\"x\":1,\"x\":2}", "begins like JSON and is none"),
        ("a=[[1,]]", "begins like JSON and is none"),
        ("a=[{\"x\":1},]", "begins like JSON and is none"),
    ]

    @Test(arguments: good) func values(_ row: (text: String, values: [JSONValue])) throws {
        let override = try StudyOverride(parsing: row.text)
        #expect(override.values == row.values, "\(override.values)")
        #expect(override.text == row.text)
        #expect(override.key == row.text.split(separator: "=")[0])
    }

    @Test(arguments: bad) func refusals(_ row: (text: String, part: String)) {
        let error = #expect(throws: StudyOverrideError.self) {
            try StudyOverride(parsing: row.text)
        }
        let sentence = error?.description ?? ""
        #expect(sentence.contains(row.part), "\(sentence)")
        #expect(sentence.hasSuffix(".") || sentence.hasSuffix("'."), "\(sentence)")
    }

    @Test func wholeNumbersStayWhole() throws {
        #expect(try StudyOverride(parsing: "a=3").values == [.integer(3)])
        #expect(try StudyOverride(parsing: "a=3.0").values == [.number(3)])
        #expect(try StudyOverride(parsing: "a=3.0").values != [.integer(3)])
    }

    @Test func keysDoNotMeet() throws {
        #expect(
            try StudyOverride.parse(["a=1", "ab=2", "b.a=3"]).map(\.key) == ["a", "ab", "b.a"])
        let twice = #expect(throws: StudyOverrideError.self) {
            try StudyOverride.parse(["a=1", "b=2", "a=3"])
        }
        #expect(
            twice?.description.contains("a is given twice, by 'a=1' and 'a=3'") == true,
            "\(twice?.description ?? "")")
        for words in [["t={}", "t.steps=1"], ["t.steps=1", "t={}"]] {
            let inside = #expect(throws: StudyOverrideError.self) { try StudyOverride.parse(words) }
            #expect(
                inside?.description.contains("'t.steps=1' changes a part of what 't={}' replaces")
                    == true, "\(inside?.description ?? "")")
        }
    }

    @Test func zippedListsAreEqallyLong() throws {
        try StudyOverride.checkZip(StudyOverride.parse(["a=1,2", "b=3,4", "c=5"]))
        try StudyOverride.checkZip([])
        let error = #expect(throws: StudyOverrideError.self) {
            try StudyOverride.checkZip(StudyOverride.parse(["a=1,2", "b=3,4,5", "c=5"]))
        }
        #expect(error?.description.contains("a has 2, b has 3") == true)
    }

    @Test func partsOfARequest() throws {
        var request = StudyRequest()
        #expect(request.parts.isEmpty)
        request.overrides = try StudyOverride.parse(["a=1,2"])
        request.only = ["hire*"]
        request.acceptedChanges = ["training.steps"]
        request.capture = ["encoder.*"]
        (request.fresh, request.isDryRun, request.keepsGoing) = (true, true, true)
        #expect(
            request.parts.map(\.text) == [
                "a", "--only hire*", "--accept-changes training.steps", "--capture encoder.*",
                "--fresh", "--dry-run", "--keep-going",
            ])
        #expect(request.commonParts == [.fresh, .dryRun, .keepGoing])
    }
}
