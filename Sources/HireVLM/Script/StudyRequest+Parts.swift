extension StudyRequest {
    /// Something that was asked for and that only a study can do; what no study of a script took is reported.
    public enum Part: Sendable, Hashable {
        /// An override, by its key.
        case override(String)
        /// A pattern of `only`.
        case only(String)
        /// A key of `acceptedChanges`.
        case acceptedChange(String)
        /// A glob of `capture`.
        case capture(String)
        /// `fresh`.
        case fresh
        /// `isDryRun`.
        case dryRun
        /// `keepsGoing`.
        case keepGoing

        /// How it is written on the command line.
        public var text: String {
            switch self {
            case .override(let key): key
            case .only(let pattern): "--only \(pattern)"
            case .acceptedChange(let key): "--accept-changes \(key)"
            case .capture(let glob): "--capture \(glob)"
            case .fresh: "--fresh"
            case .dryRun: "--dry-run"
            case .keepGoing: "--keep-going"
            }
        }
    }

    /// What was asked for, in the order of the command line's help; parts that every study takes come last.
    public var parts: [Part] {
        var parts = overrides.map { Part.override($0.key) }
        parts += only.map(Part.only)
        parts += acceptedChanges.map(Part.acceptedChange)
        parts += capture.map(Part.capture)
        return parts + commonParts
    }

    /// The parts that any study takes.
    public var commonParts: [Part] {
        (fresh ? [.fresh] : []) + (isDryRun ? [.dryRun] : []) + (keepsGoing ? [.keepGoing] : [])
    }
}
