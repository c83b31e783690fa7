/// What the command line asks of the studies in a script.
public struct StudyRequest: Sendable, Equatable {
    /// What a process does for a study.
    public enum Role: Sendable, Equatable {
        /// Runs items, waits for those that other processes have, and goes on with the script.
        case whole
        /// Runs items until there is none left to take; the script ends there.
        case worker
    }

    /// How values of several keys are combined.
    public enum Pairing: String, Sendable, CaseIterable {
        /// Every value of one with every value of the others.
        case grid
        /// The first of each, the second of each, …
        case zip
    }

    /// A script as it stood when it was started.
    public struct ScriptText: Sendable, Equatable {
        /// Where it is.
        public var path: String
        /// What it says.
        public var text: String
        /// Options of the command line that numbers may depend on, such as `--seed 3`: whoever runs the script for the
        /// same study gives them again.
        public var options: [String]
        /// What runs it, such as "Lua 5.4.4".
        public var interpreter: String

        /// A script from its parts.
        public init(
            path: String, text: String, options: [String] = [], interpreter: String = ""
        ) {
            self.path = path
            self.text = text
            self.options = options
            self.interpreter = interpreter
        }
    }

    /// Does finished items again.
    public var fresh = false
    /// Only items that one of these selects: a glob over labels, or `key=glob` over `id`, `seed`, `variant` and axes.
    public var only: [String] = []
    /// Goes on after an item failed.
    public var keepsGoing = false
    /// Says what would be done and does nothing.
    public var isDryRun = false
    /// Keys of configurations that may differ from what the folder holds.
    public var acceptedChanges: [String] = []
    /// Values put over the script's own.
    public var overrides: [StudyOverride] = []
    /// How the values of several overrides are combined.
    public var pairing = Pairing.grid
    /// Globs of features to be captured beside those that the script records.
    public var capture: [String] = []
    /// What this process does.
    public var role = Role.whole
    /// This process's number among those that were started together.
    public var rank = 0
    /// How many processes were started together.
    public var ranks = 1
    /// Seconds between two signs of life of whoever works on an item.
    public var leaseBeat = 10.0
    /// Seconds without a sign of life after which an item is taken over.
    public var leaseStale = 60.0
    /// The script that is run; nil where there is none (REPL, notebook).
    public var script: ScriptText?

    /// Asks for nothing in particular.
    public init() {}
}
