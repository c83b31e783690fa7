import HireFiles
import HireVLM

/// Runs the Lua cells of a notebook in one state and puts what they give beneath them.
///
/// Nothing that changes from run to run is written: no times, no counters but the cell's number.
public struct NotebookRunner {
    private let state: LuaState
    private let output: NotebookOutput

    /// A runner in a state whose host writes to `output`.
    public init(state: LuaState, output: NotebookOutput) {
        self.state = state
        self.output = output
    }

    /// Runs all code cells in order; returns the error of the cell that stopped it, if one did.
    public func run(_ notebook: inout Notebook) throws -> LuaError? {
        try state.run("hire = require \"hire\"", name: "start")
        let session = ScriptSession(state: state)
        var cells = notebook.cells
        var number = 0
        var failure: LuaError?
        for index in cells.indices where cells[index].isCode {
            number += 1
            if failure != nil {
                cells[index].outputs = []
                cells[index].members["execution_count"] = .null
                continue
            }
            output.start()
            let outcome = session.evaluateCell(cells[index].source, name: "cell \(number)")
            var outputs = output.finish()
            switch outcome {
            case .values(let values):
                if !values.isEmpty { outputs.append(Self.result(values, number)) }
            case .incomplete:
                let error = LuaError(message: "cell \(number): the last statement is unfinished.")
                outputs.append(Self.failure(error))
                if !cells[index].mayFail { failure = error }
            case .failure(let error):
                outputs.append(Self.failure(error))
                if !cells[index].mayFail { failure = error }
            }
            cells[index].outputs = outputs
            cells[index].members["execution_count"] = .integer(Int64(number))
        }
        notebook.cells = cells
        return failure
    }

    /// Compares the outputs of two runs of the same cells; nil if they agree, else a sentence.
    ///
    /// It names the first difference. Pictures agree when they have the same kind, since pixels may differ between processors.
    public static func difference(_ stored: Notebook, _ fresh: Notebook) -> String? {
        for (index, (old, new)) in zip(stored.cells, fresh.cells).enumerated() {
            if old.outputs.map(comparable) != new.outputs.map(comparable) {
                return
                    "Cell \(index + 1) no longer gives its stored output; run the notebook again."
            }
        }
        return nil
    }

    private static func comparable(_ output: JSONValue) -> JSONValue {
        guard case .object(var object) = output, case .object(var data)? = object["data"],
            data["image/png"] != nil
        else { return output }
        data["image/png"] = .string("")
        object["data"] = .object(data)
        return .object(object)
    }

    private static func result(_ values: [ShownValue], _ number: Int) -> JSONValue {
        let text = values.map(\.text).joined(separator: "\t")
        var data: JSONObject = ["text/plain": NotebookCell.lines(text)]
        if values.count == 1, let table = values[0].table {
            data["text/markdown"] = NotebookCell.lines(table)
        }
        return .object([
            "output_type": "execute_result",
            "execution_count": .integer(Int64(number)),
            "data": .object(data),
            "metadata": .object([:]),
        ])
    }

    private static func failure(_ error: LuaError) -> JSONValue {
        let traceback = [error.message] + error.traceback.split(separator: "\n").map(String.init)
        return .object([
            "output_type": "error",
            "ename": .string(error.kind.rawValue),
            "evalue": .string(error.message),
            "traceback": .array(traceback.map(JSONValue.string)),
        ])
    }
}

/// Collects what a cell writes and shows.
public final class NotebookOutput: ScriptOutput {
    private var outputs: [JSONValue] = []
    private var text = ""

    /// An empty collection.
    public init() {}

    /// Progress would differ from run to run.
    public var progressStyle: ProgressBar.Style { .silent }

    /// Writes text as it stands.
    public func write(_ text: String) { self.text += text }

    /// Puts a picture into the cell.
    public func show(png: [UInt8], path: String) {
        endText()
        outputs.append(
            .object([
                "output_type": "display_data",
                "data": .object([
                    "image/png": .string(Base64.encode(png)),
                    "text/plain": .array([.string(FilePath.name(of: path))]),
                ]),
                "metadata": .object([:]),
            ]))
    }

    func start() {
        outputs = []
        text = ""
    }

    func finish() -> [JSONValue] {
        endText()
        return outputs
    }

    private func endText() {
        if text.isEmpty { return }
        outputs.append(
            .object([
                "output_type": "stream", "name": "stdout", "text": NotebookCell.lines(text),
            ]))
        text = ""
    }
}
