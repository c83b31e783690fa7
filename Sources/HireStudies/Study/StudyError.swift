/// What can stop a study before it starts; each case prints as full sentences.
public enum StudyError: Error, Equatable, CustomStringConvertible {
    /// The folder holds items of these labels that were made differently.
    case conflicts(folder: String, [ItemConflict])
    /// Two items that would compute the same.
    case sameItem(String, String)
    /// Another process works in the folder.
    case inUse(folder: String, item: String, host: String, process: Int, lease: String)
    /// The folder holds a study that this one would replace.
    case otherKind(folder: String, kind: String, script: String?, here: String)
    /// Another study of the same script works in the folder.
    case sameFolder(String)
    /// A worker's script has a study in a folder that nobody began.
    case noStudy(folder: String)
    /// A worker's script asks for other items than the folder it was to help with.
    case otherStudy(folder: String)
    /// What was asked for selects no item.
    case nothingSelected(suggestion: String)
    /// A key that is no axis, or values that do not fit together.
    case axis(String)
    /// An item whose result is asked for and that is not finished.
    case unfinished(item: String, state: String)
    /// Two variants of one name.
    case duplicateVariant(String)
    /// A variant that cannot be described.
    case variant(name: String, problem: String)
    /// A name that is not a variant of the study.
    case unknownVariant(suggestion: String)
    /// A name that is not an item of the run.
    case unknownItem(suggestion: String)

    /// What would stop the study later.
    case problems([StudyProblem])

    /// The full sentence.
    public var description: String {
        switch self {
        case .conflicts(let folder, let conflicts): StudyError.sentence(folder, conflicts)
        case .sameItem(let first, let second):
            "'\(first)' and '\(second)' would compute the same; leave one of them out."
        case .inUse(let folder, let item, let host, let process, let lease):
            "\(folder): process \(process) on \(host) works on '\(item)' (\(lease)), so nothing is done afresh. Wait for it "
                + "or stop it, or choose another folder (--out)."
        case .otherKind(let folder, let kind, let script, let here):
            "\(folder) holds another study (kind \(kind)\(script.map { ", script \($0)" } ?? "")), which this one (kind "
                + "\(here)) would replace; choose another folder (--out), or give the study one of its own "
                + "(folder = hire.output_folder() .. \"/NAME\")."
        case .sameFolder(let folder):
            "\(folder): another study of this script is there already and would be replaced; give each study a folder of "
                + "its own (folder = hire.output_folder() .. \"/NAME\")."
        case .noStudy(let folder):
            "\(folder) holds no study to help with; start the worker with the folder of a study that hire run has begun."
        case .otherStudy(let folder):
            "\(folder) was begun by a script that made other items than its stored script makes here: a module, a plugin, "
                + "the data or the working folder is not the same. Start the worker as the run was started."
        case .unfinished(let item, let state): "'\(item)' has no result yet: it is \(state)."
        case .axis(let sentence): sentence
        case .duplicateVariant(let name):
            "Two variants are called '\(name)'; give one of them another name."
        case .variant(let name, let problem): "Variant '\(name)': \(problem)"
        case .unknownVariant(let suggestion), .unknownItem(let suggestion),
            .nothingSelected(let suggestion):
            suggestion
        case .problems(let problems):
            "\(problems.count == 1 ? "1 problem was" : "\(problems.count) problems were") found before anything was "
                + "computed or written:"
                + problems.enumerated().map { "\n  \($0 + 1). \($1)" }.joined()
        }
    }

    private static func sentence(_ folder: String, _ conflicts: [ItemConflict]) -> String {
        let clauses = conflicts.prefix(3).map { conflict in
            "'\(conflict.label)' (\(conflict.differences.joined(separator: "; ")))"
        }
        var keys: [String] = []
        for key in conflicts.flatMap(\.keys) where !keys.contains(key) { keys.append(key) }
        return "\(folder) already holds results of \(clauses.joined(separator: ", "))"
            + (conflicts.count > 3 ? " and \(conflicts.count - 3) more" : "")
            + " made with another configuration. Choose another folder (--out), do it again with --fresh, or keep the old "
            + "results beside the new ones with --accept-changes \(keys.joined(separator: ","))."
    }
}
