import HireFiles
import HireLua
import HireTestSupport
import Testing

@Suite struct SessionTests {
    private func session() throws -> (Bench, ScriptSession) {
        let bench = try Bench()
        return (bench, ScriptSession(state: bench.state))
    }

    private func values(_ outcome: ScriptSession.Outcome) -> [String]? {
        if case .values(let values) = outcome { return values.map(\.text) }
        return nil
    }

    @Test func expressionsGiveTheirValues() throws {
        let (_, session) = try session()
        #expect(values(session.evaluate("1 + 1", name: "x")) == ["2"])
        #expect(values(session.evaluate("=1, 'a'", name: "x")) == ["1", "a"])
        #expect(values(session.evaluate("nil", name: "x")) == [])
        #expect(values(session.evaluate("y = 3", name: "x")) == [])
        #expect(values(session.evaluate("y", name: "x")) == ["3"])
        #expect(
            values(session.evaluate("{1, {a = 'b'}, x = 2}", name: "x")) == [
                "{ 1, { a = \"b\" }, x = 2 }"
            ])
        #expect(
            values(session.evaluate("print, test.pebble", name: "x")) == [
                "function print", "function hire.test.pebble",
            ]
                || values(session.evaluate("test.pebble", name: "x")) == [
                    "function hire.test.pebble"
                ])
    }

    @Test func unfinishedStatementsAreIncomplete() throws {
        let (_, session) = try session()
        for source in ["for i = 1, 2 do", "f(", "x = {", "if true then", "x ="] {
            guard case .incomplete = session.evaluate(source, name: "x") else {
                Issue.record("\(source) should be incomplete.")
                continue
            }
        }
        guard case .failure(let error) = session.evaluate("x = = 1", name: "line") else {
            Issue.record("A syntax error was accepted.")
            return
        }
        #expect(error.message.hasPrefix("line:1:"))
    }

    @Test func cellsShowTheirLastExpression() throws {
        let (_, session) = try session()
        #expect(values(session.evaluateCell("local a = 2\na * 3", name: "cell 1")) == ["6"])
        #expect(
            values(session.evaluateCell("local a = 2\n{\n  a,\n  b = 1,\n}\n", name: "cell 1")) == [
                "{ 2, b = 1 }"
            ])
        #expect(values(session.evaluateCell("local a = 2\nprint(a)", name: "cell 1")) == [])
    }

    @Test func listsOfRecordsAreTables() throws {
        let (_, session) = try session()
        guard
            case .values(let values) = session.evaluate(
                "{{a = 1, b = 'x|y'}, {a = 0.5}}", name: "x")
        else {
            Issue.record("The records failed.")
            return
        }
        #expect(values[0].table == "| a | b |\n| --- | --- |\n| 1 | x\\|y |\n| 0.5 |  |")
        guard case .values(let list) = session.evaluate("{1, 2}", name: "x") else { return }
        #expect(list[0].table == nil)
    }

    @Test func namesAreCompleted() throws {
        let (bench, _) = try session()
        try bench.run("p = test.pebble(1)")
        #expect(bench.state.completions(of: "local x = test.peb").names == ["pebble"])
        #expect(bench.state.completions(of: "p:hea").names == ["heavier"])
        #expect(bench.state.completions(of: "p.").names.contains("weight"))
        #expect(bench.state.completions(of: "string.rep").names == ["rep"])
        #expect(bench.state.completions(of: "nothing.at.all").names.isEmpty)
        #expect(bench.state.completions(of: "hire.te").prefix == 2)
    }
}

@Suite struct NotebookTests {
    private static let source = """
        {"cells": [
         {"cell_type": "markdown", "metadata": {}, "source": ["# Title"]},
         {"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [],
          "source": ["local t = hire.tensor.ones({ 2 })\\n", "print('sum', t:sum():item())\\n", "x = 5\\n", "x + 1"]},
         {"cell_type": "code", "execution_count": null, "metadata": {"tags": ["raises-exception"]}, "outputs": [],
          "source": "x = nil\\nreturn x.y"},
         {"cell_type": "code", "execution_count": 9, "metadata": {}, "outputs": [], "source": "error('stop')"},
         {"cell_type": "code", "execution_count": 9, "metadata": {}, "outputs": [1], "source": "1"}
        ], "metadata": {"kept": true}, "nbformat": 4, "nbformat_minor": 5}
        """

    private func run(_ path: String) throws -> (Notebook, LuaError?) {
        var notebook = try Notebook(reading: path)
        let output = NotebookOutput()
        let host = StandardHost(
            context: TestHost().context, shapesContext: { TestHost().shapesContext() },
            catalog: .init(),
            outputFolder: "runs", output: output)
        let state = try LuaState(host: host)
        try state.install(LibraryList.all)
        let failure = try NotebookRunner(state: state, output: output).run(&notebook)
        return (notebook, failure)
    }

    @Test func cellsRunAndTheirOutputsAreStored() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.ipynb"
        try AtomicWriter().write(Self.source, to: path)
        let (notebook, failure) = try run(path)
        #expect(failure?.message == "cell 3:1: stop")
        let cells = notebook.cells
        #expect(cells[1].outputs.count == 2)
        #expect(cells[1].outputs[0]["text"]?.arrayValue?.first?.stringValue == "sum\t2.0\n")
        #expect(cells[1].outputs[1]["data"]?["text/plain"]?.arrayValue?.first?.stringValue == "6")
        #expect(
            cells[2].outputs[0]["evalue"]?.stringValue?.hasPrefix("cell 2:2: attempt to index")
                == true)
        #expect(cells[4].outputs.isEmpty, "cells after the failed one have no outputs")
        try notebook.write(to: path)
        let (again, _) = try run(path)
        #expect(try again.text() == (try notebook.text()), "a second run gives the same bytes")
        #expect(NotebookRunner.difference(notebook, again) == nil)
        #expect(NotebookRunner.difference(try Notebook(reading: path), notebook) == nil)
    }

    @Test func otherFilesAreRefused() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.ipynb"
        for text in ["[]", "{\"nbformat\": 3, \"cells\": []}", "{\"nbformat\": 4}", "{"] {
            try AtomicWriter().write(text, to: path)
            #expect(throws: (any Error).self) { try Notebook(reading: path) }
        }
    }
}
