import HireFiles

/// A Jupyter notebook (nbformat 4) whose code cells hold Lua.
///
/// Everything that is not understood is kept as it was read.
public struct Notebook {
    private(set) var document: JSONObject
    private let path: String

    /// Reads a notebook.
    ///
    /// - Throws: `FileError` if it cannot be read or is not version 4, `JSONError` if it is not JSON.
    public init(reading path: String, in fileSystem: any FileSystem = SystemFileSystem()) throws {
        guard case .object(let document) = try JSONParser.read(path, in: fileSystem) else {
            throw FileError.badData(path, "the notebook must be a JSON object")
        }
        guard document["nbformat"]?.intValue == 4 else {
            throw FileError.badData(
                path, "the notebook's format", expected: "nbformat 4",
                got: document["nbformat"]?.intValue.map(String.init) ?? "none")
        }
        guard document["cells"]?.arrayValue != nil else {
            throw FileError.badData(path, "the notebook has no list of cells")
        }
        self.document = document
        self.path = path
    }

    /// The cells in order.
    public var cells: [NotebookCell] {
        get {
            (document["cells"]?.arrayValue ?? []).compactMap(\.objectValue).map(NotebookCell.init)
        }
        set { document["cells"] = .array(newValue.map { .object($0.members) }) }
    }

    /// The notebook as text; equal notebooks give equal bytes.
    public func text() throws -> String {
        try JSONWriter(layout: .pretty).string(.object(document))
    }

    /// Writes it, whole or not at all.
    public func write(to path: String) throws {
        try AtomicWriter().write(try text(), to: path)
    }
}

/// One cell of a notebook.
public struct NotebookCell {
    var members: JSONObject

    /// Whether it holds code.
    public var isCode: Bool { members["cell_type"]?.stringValue == "code" }

    /// Its text.
    public var source: String { Self.text(members["source"]) }

    /// Whether an error in it is wanted: the tag that Jupyter uses for that.
    var mayFail: Bool {
        let tags = members["metadata"]?["tags"]?.arrayValue ?? []
        return tags.contains { $0.stringValue == "raises-exception" }
    }

    /// What it gave when it ran.
    public var outputs: [JSONValue] {
        get { members["outputs"]?.arrayValue ?? [] }
        set { members["outputs"] = .array(newValue) }
    }

    /// Text of one string or a list of lines, as nbformat allows both.
    static func text(_ value: JSONValue?) -> String {
        if let text = value?.stringValue { return text }
        return (value?.arrayValue ?? []).compactMap(\.stringValue).joined()
    }

    /// Text as nbformat stores it: a list of lines that keep their ends.
    static func lines(_ text: String) -> JSONValue {
        var lines: [String] = []
        var line = ""
        for character in text {
            line.append(character)
            if character == "\n" {
                lines.append(line)
                line = ""
            }
        }
        if !line.isEmpty { lines.append(line) }
        return .array(lines.map(JSONValue.string))
    }
}
