/// Reads what the options of a capture say about each axis of a point.
struct CaptureAxisReader {
    let hook: String
    let options: CaptureOptions
    let geometry: SequenceGeometry?

    /// What is kept of one axis.
    struct Read {
        var selection = CaptureForm.Selection.all
        /// Whether the positions are the same for all samples.
        var isFixed = true
        /// Whether the extent differs between samples.
        var varies = false
    }

    /// Refuses options for axes that the point does not have.
    func checkAxes(_ labels: [String]) throws {
        let wanted: [(option: String, isGiven: Bool, labels: [String])] = [
            ("heads", options.heads != nil, ["head"]),
            ("channels", options.channels != nil, ["channel"]),
            ("queries", options.queries != .all, ["query"]),
            ("tokens", needsTokens(labels), ["token", "key"]),
        ]
        for (option, isGiven, names) in wanted where isGiven {
            if !labels.contains(where: names.contains) {
                throw CaptureError(
                    hook,
                    "\(option) cannot be chosen: the point has no axis of them (its axes are "
                        + "\(labels.dropFirst().joined(separator: ", "))).")
            }
        }
    }

    /// The picture's tokens of a map are all of it; every other choice needs a sequence.
    private func needsTokens(_ labels: [String]) -> Bool {
        options.tokens != .all && (options.tokens != .image || isInLanguageModel)
    }

    private var isInLanguageModel: Bool { hook.hasPrefix("language_model.") }

    func read(_ label: String, extent: Int) throws -> Read {
        switch label {
        case "head": return Read(selection: try list(options.heads, "heads", extent))
        case "channel": return Read(selection: try list(options.channels, "channels", extent))
        case "token", "key": return try read(options.tokens, "tokens", extent)
        case "query": return try read(options.queries, "queries", extent)
        default: return Read()
        }
    }

    private func list(_ places: [Int]?, _ option: String, _ extent: Int) throws
        -> CaptureForm.Selection
    {
        guard let places else { return .all }
        if places.isEmpty { throw CaptureError(hook, "\(option) must not be empty.") }
        if let stranger = places.first(where: { !(0..<extent).contains($0) }) {
            throw CaptureError(
                hook, "\(option) are counted from 1 to \(extent), got \(stranger + 1).")
        }
        if Set(places).count < places.count {
            throw CaptureError(
                hook, "\(option) are named twice in \(CaptureTokens.positions(places).text).")
        }
        if let first = places.first, places == Array(first..<(first + places.count)) {
            return .range(first..<(first + places.count))
        }
        return .list(places)
    }

    private func read(_ tokens: CaptureTokens, _ option: String, _ extent: Int) throws -> Read {
        let isSequence = isInLanguageModel && geometry?.span.total == extent
        let isFixed = !follows(extent) || geometry?.isFixed ?? false
        switch tokens {
        case .all: return Read(isFixed: isFixed, varies: !isFixed)
        case .positions(let places):
            return Read(selection: try list(places, option, extent))
        case .image where !isInLanguageModel: return Read()
        case .image:
            guard isSequence, let geometry else { throw onlyLast(option, tokens, extent) }
            if geometry.span.image == 0 {
                throw CaptureError(hook, "\(option) = \"image\", but the prompt has no picture.")
            }
            return Read(
                selection: .range(geometry.span.imageRange), isFixed: geometry.imageIsFixed)
        case .text, .last:
            guard isInLanguageModel else {
                throw CaptureError(
                    hook,
                    "\(option) = \(tokens.text) is for points of the language model; here all tokens are the picture's."
                )
            }
            guard isSequence, let geometry else {
                if extent == 1 { return Read(isFixed: false) }
                throw onlyLast(option, tokens, extent)
            }
            if tokens == .last {
                return Read(selection: .range((extent - 1)..<extent), isFixed: isFixed)
            }
            return Read(
                selection: .list(geometry.span.textPositions), isFixed: isFixed, varies: !isFixed)
        }
    }

    /// Whether an extent is that of a prompt or of its text, and so differs between questions.
    private func follows(_ extent: Int) -> Bool {
        guard isInLanguageModel, extent > 1, let span = geometry?.span else { return false }
        return [span.total, span.after, span.before].contains(extent)
    }

    private func onlyLast(_ option: String, _ tokens: CaptureTokens, _ extent: Int) -> CaptureError
    {
        CaptureError(
            hook,
            "\(option) = \(tokens.text) cannot be found: the point has \(extent) of the prompt's "
                + "\(geometry?.span.total ?? 0) positions.")
    }
}
