import HireFiles

extension JSONObject {
    /// Refuses members other than the known ones.
    ///
    /// - Throws: `FileError` naming the unknown key and the nearest known one.
    func requireOnly(_ known: [String], source: String) throws {
        for key in keys where !known.contains(key) {
            let sentence = NearestNames.sentence(kind: "key", name: key, among: known)
            throw FileError.badData(source, String(sentence.dropLast()))
        }
    }

    /// A list of texts under a key.
    func requireStrings(_ key: String, source: String) throws -> [String] {
        let list = try requireArray(key, source: source)
        return try list.map { value in
            guard let text = value.stringValue else {
                throw FileError.badData(
                    source, "the value of '\(key)' does not fit", expected: "a list of strings",
                    got: "a list with \(value.kindName)")
            }
            return text
        }
    }

    /// A whole number of at least `least` under a key.
    func requireCount(_ key: String, least: Int, source: String) throws -> Int {
        let value = try requireInt(key, source: source)
        guard value >= least else {
            throw FileError.badData(
                source, "the value of '\(key)' does not fit", expected: "at least \(least)",
                got: "\(value)")
        }
        return value
    }
}

extension JSONParser {
    /// The object that a file holds.
    ///
    /// - Throws: `FileError` for whatever is wrong with the file or its text.
    static func readObject(_ path: String, in fileSystem: any FileSystem) throws -> JSONObject {
        do {
            let value = try JSONParser.read(path, in: fileSystem)
            guard let object = value.objectValue else {
                throw FileError.badData(
                    path, "the file does not fit", expected: "a JSON object", got: value.kindName)
            }
            return object
        } catch let error as JSONError {
            throw FileError.badData(
                path, at: error.offset, "line \(error.line) is not JSON: \(error.problem)")
        }
    }
}
