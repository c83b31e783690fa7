/// When beam search gives up looking for better answers (Hugging Face's `early_stopping`).
public enum EarlyStopping: Sendable, Equatable {
    /// Until the best running beam, judged at its present length, is no better than the worst finished one (`false`).
    case heuristic
    /// As soon as as many answers are finished as there are beams (`true`).
    case whenFull
    /// Until no running beam can become better at any length (`"never"`): the canonical beam search.
    case never
}

extension EarlyStopping: Codable {
    /// Reads `false`, `true` or `"never"`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = flag ? .whenFull : .heuristic
        } else if (try? container.decode(String.self)) == "never" {
            self = .never
        } else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "it must be true, false or \"never\"")
        }
    }

    /// Writes it as it is read.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .heuristic: try container.encode(false)
        case .whenFull: try container.encode(true)
        case .never: try container.encode("never")
        }
    }
}
