import Foundation
import HireFiles
import HireTestSupport
import Testing

@testable import hire

/// Runs the program as a user does.
@Suite struct ProgramTests {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The program, which is built beside the tests.
    static var program: String { BuiltProgram.path("hire") }

    func run(
        _ arguments: [String], input: String = "", interruptAfter: Double? = nil,
        environment: [String: String] = [:]
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stderr
        try process.run()
        stdin.fileHandleForWriting.write(Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        if let interruptAfter {
            Thread.sleep(forTimeInterval: interruptAfter)
            process.interrupt()
        }
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        let errors = stderr.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
            errors: String(decoding: errors, as: UTF8.self))
    }

    private func script(_ text: String, in folder: TemporaryFolder) throws -> String {
        let path = folder.file("script.lua")
        try AtomicWriter().write(text, to: path)
        return path
    }

    @Test func aScriptRunsWithItsArguments() throws {
        let folder = try TemporaryFolder()
        let path = try script(
            "local hire = require 'hire'\nprint(hire.output_folder(), hire.is_smoke(), hire.arguments()[2], arg[1])",
            in: folder)
        let result = try run([
            "run", path, "--smoke", "--out", folder.file("out"), "--", "a", "--b",
        ])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output == "\(folder.file("out"))\ttrue\t--b\ta\n")
    }

    @Test func failuresGiveOneSentenceAndAStatus() throws {
        let folder = try TemporaryFolder()
        let cases: [(String, Int32, String)] = [
            ("error('no luck')", 1, "script.lua:1: no luck"),
            ("x = = 1", 1, "script.lua:1: unexpected symbol"),
            ("require('hire').json.read('none.json')", 66, "none.json: cannot open the file"),
            ("require('hire').json.write('/proc/none/x.json', 1)", 73, "/proc/none"),
            ("require('hire').json.decode('{')", 65, "text"),
        ]
        for (source, status, message) in cases {
            let result = try run(["run", try script(source, in: folder)])
            #expect(result.status == status, "\(source): \(result.status) \(result.errors)")
            #expect(
                result.errors.hasPrefix("hire: ") && result.errors.contains(message),
                "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
        #expect(try run(["run", folder.file("none.lua")]).status == 66)
        #expect(try run(["run"]).status == 64)
        #expect(try run(["rum"]).status == 64)
        #expect(try run(["run", "x.lua", "--threads", "0"]).status == 64)
    }

    @Test func interruptsStopLuaLoopsAndKeepWhatWasPrinted() throws {
        let folder = try TemporaryFolder()
        let path = try script("print('started')\nwhile true do end", in: folder)
        let result = try run(["run", path], interruptAfter: 1.5)
        #expect(result.status == 130, "\(result.status) \(result.errors)")
        #expect(result.output == "started\n")
    }

    @Test func brokenPluginsEndTheProgram() throws {
        let folder = try TemporaryFolder()
        let path = try script("return 1", in: folder)
        let result = try run(["plugins", "list", "--plugin", path])
        #expect(
            result.status == 78 && result.errors.contains("must return hire.enricher"),
            "\(result.errors)")
        let missing = try run(
            ["plugins", "list"], environment: ["HIRE_PLUGINS": folder.file("none")])
        #expect(missing.status == 66, "\(missing.errors)")
    }

    @Test func listingsAreJSON() throws {
        let plugins = try run(["plugins", "list", "--json"])
        let rows = try JSONParser.parse(plugins.output).arrayValue ?? []
        #expect(rows.contains { $0["id"]?.stringValue == "hire" })
        #expect(rows.contains { $0["origin"]?.stringValue?.hasSuffix(".lua") == true })
        let doctor = try JSONParser.parse(try run(["doctor", "--json"]).output)
        #expect(doctor["lua"]?.stringValue?.hasPrefix("5.4") == true)
    }

    @Test func enrichersAreListedWithTheirFigures() throws {
        let rows =
            try JSONParser.parse(try run(["plugins", "list", "enricher", "--json"]).output)
            .arrayValue ?? []
        #expect(!rows.isEmpty && rows.allSatisfy { $0["kind"]?.stringValue == "enricher" })
        let figures = ["none": (0, 1024), "hire": (247_198, 2048), "s2": (0, 2048)]
        for (id, (parameters, channels)) in figures {
            let row = try #require(rows.first { $0["id"]?.stringValue == id })
            #expect(row["parameters"] == .integer(Int64(parameters)), "\(id)")
            #expect(row["output_channels"] == .integer(Int64(channels)), "\(id)")
            #expect(row["tokens"] == .integer(576), "\(id)")
        }
        let text = try run(["plugins", "list", "enricher"])
        #expect(text.output.contains("1,074,532 parameters, 2048 channels, 576 tokens; FeatUp"))
        #expect(!text.output.contains("language model:"))
        // The one written in Lua is built as well.
        #expect(text.output.contains("bilateral-lite") && !text.output.contains("error"))
        let wrong = try run(["plugins", "list", "enrichers"])
        #expect(wrong.status == 64 && wrong.errors.contains("did you mean 'enricher'"))
    }

    @Test func aPluginCanBeShown() throws {
        let shown = try run(["plugins", "show", "s2"])
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(shown.output.contains("tiles_at_once") && shown.output.contains("in one batch"))
        let wrong = try run(["plugins", "show", "hrie"])
        #expect(wrong.status == 78 && wrong.errors.contains("'hire'"), "\(wrong.errors)")
        let folder = try TemporaryFolder()
        let path = try script(
            """
            return require("hire").enricher {
              id = "stubborn", summary = "Refuses.", new = function() error("no such host") end,
              forward = function(self, input) return input.base end,
            }
            """, in: folder)
        let refused = try run(["plugins", "show", "stubborn", "--plugin", path])
        #expect(refused.status == 0 && refused.output.contains("no such host"), "\(refused.output)")
    }

    @Test func enrichersAreMeasured() throws {
        let result = try run([
            "bench", "enrichers", "none", "bicubic", "hire", "--resolution", "448", "--width",
            "8", "--seconds", "0.001", "--threads", "1", "--json",
        ])
        #expect(result.status == 0, "\(result.errors)")
        let report = try JSONParser.parse(result.output)
        #expect(report["resolution"] == .integer(448) && report["width"] == .integer(8))
        let rows = report["rows"]?.arrayValue ?? []
        let named = { (name: String) in rows.first { $0["name"]?.stringValue == name } }
        #expect(named("none")?["training_seconds"] == .null)
        #expect(named("none")?["output_channels"] == .integer(8))
        let hire = try #require(named("hire"))
        #expect(hire["parameters"] == .integer(247_198) && hire["tokens"] == .integer(576))
        for figure in ["forward_seconds", "training_seconds", "training_peak_bytes"] {
            #expect((hire[figure]?.doubleValue ?? 0) > 0, "\(figure)")
        }
        #expect(named("hire: unet") != nil && named("hire: stages") != nil)
        let unknown = try run(["bench", "enrichers", "hirre"])
        #expect(unknown.status == 64 && unknown.errors.contains("did you mean 'hire'"))
    }

    @Test func theReplReadsFromAPipe() throws {
        let folder = try TemporaryFolder()
        let result = try run(
            ["repl"],
            input:
                "1 + 1\nfor i = 1, 2 do\nprint(i)\nend\nerror('x')\nhire.tensor.ones({2}):sum():item()\n",
            environment: ["XDG_STATE_HOME": folder.path])
        #expect(result.status == 0)
        #expect(result.output == "2\n1\n2\n2.0\n", "\(result.output)")
        #expect(result.errors == "hire: repl:1: x\n", "\(result.errors)")
    }

    @Test func helpKnowsVerbsAndNames() throws {
        #expect(try run(["help", "run"]).output.contains("--smoke"))
        #expect(try run(["help", "tensor.softmax"]).output.contains("hire.tensor.softmax(x"))
        #expect(try run(["help", "softmx"]).errors.contains("did you mean"))
        #expect(try run(["--version"]).output.hasPrefix("0."))
    }
}

@Suite struct EditingTests {
    @Test func linesAreEdited() {
        var line = EditedLine("hire.ten")
        line.apply(.text("é"))
        line.apply(.left)
        line.apply(.backspace)
        #expect(line.text == "hire.teé" && line.cursor == 7)
        line.apply(.home)
        line.apply(.delete)
        line.apply(.lineEnd)
        line.apply(.cutWord)
        #expect(line.text.isEmpty)
        for _ in 0..<3 { line.apply(.left) }
        line.apply(.right)
        line.apply(.delete)
        #expect(line.cursor == 0)
    }

    @Test func historiesAreKeptAndBounded() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("state/history")
        let history = LineHistory(path: path)
        for number in 1...1005 { history.add("line \(number)") }
        history.add("line 1005")
        #expect(history.lines.count == 1000 && history.lines.last == "line 1005")
        #expect(LineHistory(path: path).lines == history.lines)
    }

    @Test func resultsAreNamedAfterTheExperiment() {
        #expect(
            RunFolderName.standard(for: "experiments/quickstart/experiment.lua")
                == "runs/quickstart")
        #expect(RunFolderName.standard(for: "my/probe.lua") == "runs/probe")
        #expect(RunFolderName.standard(for: "experiment.lua") == "runs/experiment")
    }
}
