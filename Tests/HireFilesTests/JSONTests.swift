import HireFiles
import HireTestSupport
import Testing

@Suite("Strict JSON")
struct JSONTests {
    @Test("Values of every kind are read, whole numbers apart from others")
    func reads() throws {
        let text =
            #" {"b":[1,-0,0.5,1e2,true,null,"\u00e9\ud83d\ude00\n"],"a":{},"big":1000000000000000019884624838656}"#
        let value = try JSONParser.parse(text)
        let object = try #require(value.objectValue)
        #expect(object.keys == ["b", "a", "big"])
        #expect(
            object["b"]
                == [1, .number(-0.0), 0.5, 100.0, true, nil, .string("\u{e9}\u{1F600}\n")])
        #expect(object["a"] == .object([:]))
        #expect(object["big"]?.doubleValue == 1e30)
        #expect(object["big"]?.intValue == nil)
        #expect(try JSONParser.parse("9223372036854775807") == .integer(.max))
        #expect(try JSONParser.parse("-9223372036854775808") == .integer(.min))
    }

    @Test("Keys are told apart by their characters, not by canonical equivalence")
    func exactKeys() throws {
        let value = try JSONParser.parse(#"{"\u00e9":1,"e\u0301":2}"#)
        let object = try #require(value.objectValue)
        #expect(object.count == 2)
        #expect(object["\u{e9}"] == 1)
        #expect(object["e\u{301}"] == 2)
    }

    @Test(
        "What is not JSON is refused at its byte, line and column",
        arguments: [
            ("", 0, "expected a value, got the end of the text"),
            ("[1,]", 3, "expected a value, got ']'"),
            ("{\"a\":1,}", 7, "expected a key in quotes, got '}'"),
            ("{\"a\":1,\"\\u0061\":2}", 7, "the key 'a' stands twice in one object"),
            ("[01]", 2, "a number may not begin with 0"),
            ("[1.]", 3, "expected a digit, got ']'"),
            ("[1e999]", 1, "the number 1e999 is too large"),
            ("[NaN]", 1, "expected a value, got 'N'"),
            ("nul", 3, "expected 'null', got the end of the text"),
            ("1 2", 2, "expected the end of the text after the value, got '2'"),
            ("[1 // no\n]", 3, "expected ',' or ']', got '/'"),
            ("\"a", 0, "the string that begins here does not end"),
            ("\"a\u{1}\"", 2, "a string contains an unescaped control character"),
            ("\"\\x\"", 1, "this escape is unknown"),
            ("\"\\ud800\"", 1, "half of a surrogate pair stands alone"),
            ("\"\\ud800\\u0041\"", 1, "half of a surrogate pair stands alone"),
            ("\"\\u12G4\"", 1, "\\u needs four hexadecimal digits"),
            ("\u{FEFF}1", 0, "the text begins with a byte-order mark, which JSON does not allow"),
            ("{\"a\" 1}", 5, "expected ':' after the key 'a', got '1'"),
        ])
    func refuses(text: String, offset: Int, problem: String) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error?.offset == offset)
        #expect(error?.problem == problem)
    }

    @Test("Errors carry line and column")
    func position() {
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse("{\n  \"a\": tru\n}", source: "config.json")
        }
        #expect(
            error?.description == "config.json:2:11 (byte 12): expected 'true', got the byte 0xA.")
        #expect(error?.exitCode == 65)
    }

    @Test("Bytes that are not UTF-8 are refused, in plain and in escaped strings")
    func utf8() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0x5C, 0x6E, 0xC0, 0x80, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22],
        ] {
            #expect(throws: JSONError.self) { try JSONParser.parse(bytes) }
        }
    }

    @Test("Limits on depth, size and number of values hold")
    func limits() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try JSONParser.parse(nested(64))
        #expect(throws: JSONError.self) { try JSONParser.parse(nested(65)) }
        #expect(throws: JSONError.self) {
            try JSONParser.parse(String(repeating: "[", count: 100_000))
        }
        #expect(throws: JSONError.self) {
            try JSONParser.parse("[1,2,3]", limits: JSONLimits(byteCount: 6))
        }
        #expect(throws: JSONError.self) {
            try JSONParser.parse("[1,2,3]", limits: JSONLimits(values: 3))
        }
    }

    @Test("What is written reads back equal; layouts and orders are as promised")
    func writes() throws {
        let value: JSONValue = [
            "z": [1, 2.5, 1e-7, 1e300, -0.0, .number(Double.leastNonzeroMagnitude), 100.0],
            "a": ["k": [[], [nil]], "": "q\"\\\u{1}é"],
        ]
        for layout in [JSONWriter.Layout.compact, .pretty] {
            for order in [JSONWriter.Order.given, .sorted] {
                let text = try JSONWriter(order: order, layout: layout).string(value)
                #expect(try JSONParser.parse(text) == value)
            }
        }
        let small: JSONValue = ["b": [1, 2], "a": ["c": true]]
        #expect(try JSONWriter().string(small) == #"{"b":[1,2],"a":{"c":true}}"#)
        #expect(try JSONWriter(order: .sorted).string(small) == #"{"a":{"c":true},"b":[1,2]}"#)
        #expect(
            try JSONWriter(layout: .pretty).string(small)
                == "{\n  \"b\": [1, 2],\n  \"a\": {\n    \"c\": true\n  }\n}\n")
        let error = #expect(throws: JSONError.self) {
            try JSONWriter().string(["loss": [.number(.nan)]])
        }
        #expect(error?.source == "loss[0]")
    }

    @Test("Random doubles survive writing and reading bit for bit (seed 1, 20,000 numbers)")
    func roundTrip() throws {
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let number = Double(bitPattern: state)
            if !number.isFinite { continue }
            let back = try JSONParser.parse(JSONWriter().string(.number(number)))
            #expect(back.doubleValue?.bitPattern == number.bitPattern)
        }
    }

    @Test("Mutilated texts never trap (seed 2, 20,000 texts)")
    func mutilated() throws {
        let seed = Array(
            #"{"a":[1,2.5e-3,true,null,"x\u00e9\ud83d\ude00"],"b":{"c":"\n"},"d":-12}"#.utf8)
        var state: UInt64 = 2
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = seed
            for _ in 0...next(4) {
                switch next(3) {
                case 0: bytes[next(bytes.count)] = UInt8(next(256))
                case 1: bytes.remove(at: next(bytes.count))
                default: bytes.insert(bytes[next(bytes.count)], at: next(bytes.count))
                }
            }
            if (try? JSONParser.parse(bytes)) != nil { accepted += 1 }
        }
        #expect(accepted > 0 && accepted < 20_000)
    }

    @Test("Required members name what is missing and what is there instead")
    func members() throws {
        let object = try #require(
            try JSONParser.parse(#"{"hidden_size":4,"name":"x","half":0.5}"#).objectValue)
        #expect(try object.requireInt("hidden_size", source: "c.json") == 4)
        #expect(try object.requireDouble("hidden_size", source: "c.json") == 4)
        let missing = #expect(throws: FileError.self) {
            try object.requireInt("hiden_size", source: "c.json")
        }
        #expect(
            missing?.description
                == "c.json: the key 'hiden_size' is missing: expected a whole number, got only 'hidden_size'."
        )
        let wrong = #expect(throws: FileError.self) {
            try object.requireInt("half", source: "c.json")
        }
        #expect(
            wrong?.description
                == "c.json: the value of 'half' does not fit: expected a whole number, got a number."
        )
    }

    @Test("Files are read through the file system")
    func files() throws {
        let folder = try TemporaryFolder()
        try AtomicWriter().write("[1]", to: folder.file("a.json"))
        #expect(try JSONParser.read(folder.file("a.json")) == [1])
        #expect(throws: FileError.self) { try JSONParser.read(folder.file("b.json")) }
    }
}
