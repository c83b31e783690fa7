/// Command lines as they are typed into a shell.
enum ShellWords {
    /// Words joined so that a POSIX shell reads the same words again.
    static func line(_ words: [String]) -> String {
        words.map(quoted).joined(separator: " ")
    }

    /// The words of the command that goes on with what a command began: the same without `--fresh`, which would begin again.
    static func goingOn(_ words: [String]) -> [String] {
        let end = words.firstIndex(of: "--") ?? words.count
        return words[..<end].filter { $0 != "--fresh" } + words[end...]
    }

    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
                        || "_-./=,:+@%".unicodeScalars.contains($0))
            }
        return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
