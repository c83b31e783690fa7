import HireFiles
import HireVLM

/// `study.json`: what a run's folder is about, so that it can be read without the script that made it.
///
///     schema        "hire-study-2"
///     run_id        SHA-256 over script, items' ids and the version of the toolkit's numbers
///     kind          "ablation", "sweep", "capture"
///     toolkit       version of the toolkit
///     numerics      version of the toolkit's numbers
///     script        {path, sha256, text_sha256, arguments, overrides, options, output}, or null
///     axes          the keys of the items' axes, in their order
///     description   the plan's own: task, origin, question_types, record, …
///     items         [{id, label, group, variant, axes, seed, folder, configuration}], in the order of tables
///     sha256        SHA-256 of all of it without this member, keys sorted and without spaces
public struct RunManifest: Sendable, Equatable {
    /// The kind of study.
    public var kind: String
    /// The script that made it; nil when it was made from Swift.
    public var script: ScriptIdentity?
    /// How results are to be read.
    public var description: JSONObject
    /// What has to be done, in the order of tables.
    public var items: [StudyItem]
    /// The version of the toolkit that wrote it.
    public var toolkit: String
    /// The version of that toolkit's numbers.
    public var numerics: Int

    /// A script as it stood when a run was started.
    public struct ScriptIdentity: Sendable, Equatable {
        /// Where it was.
        public var path: String
        /// SHA-256 of its text and of every module that it required, in hexadecimal.
        public var sha256: String
        /// SHA-256 of its text alone, in hexadecimal: that of `script.lua` in the folder.
        public var textSHA256: String
        /// What stood behind `--`.
        public var arguments: [String]
        /// What was put over the script's own values, such as `training.steps=100,200`.
        public var overrides: [String]
        /// Options of the command line that numbers may depend on, such as `--seed 3`; `hire worker` gives them again.
        public var options: [String]
        /// The script's folder for results, relative to the study's: `..` for a study in `<results>/sweep`.
        public var output: String

        /// A script from its parts.
        public init(
            path: String, sha256: String, arguments: [String], overrides: [String],
            options: [String] = [], textSHA256: String? = nil, output: String = "."
        ) {
            self.textSHA256 = textSHA256 ?? sha256
            self.options = options
            self.output = output
            self.path = path
            self.sha256 = sha256
            self.arguments = arguments
            self.overrides = overrides
        }
    }

    /// A manifest from its parts.
    public init(
        kind: String, script: ScriptIdentity?, description: JSONObject, items: [StudyItem],
        toolkit: String = ToolkitVersion.text, numerics: Int = ToolkitVersion.numerics
    ) {
        self.kind = kind
        self.script = script
        self.description = description
        self.items = items
        self.toolkit = toolkit
        self.numerics = numerics
    }

    static let fileName = "study.json"
    static let schema = "hire-study-2"

    /// Whether two manifests ask for the same: the same items in the same order, read in the same way.
    ///
    /// Scripts may differ in what does not touch the items.
    func asksForTheSame(as other: RunManifest) -> Bool {
        kind == other.kind && description == other.description && items == other.items
    }
}
