import HireFiles

/// Which positions of a sequence are kept.
public enum CaptureTokens: Sendable, Equatable {
    /// Every one.
    case all
    /// Those of the picture's tokens; everything, where the point lies in front of the language model.
    case image
    /// Those of the text's tokens.
    case text
    /// The last one, from which the first token of the answer is predicted.
    case last
    /// The given ones, counted from 0.
    case positions([Int])

    /// As configurations spell it.
    var json: JSONValue {
        switch self {
        case .all: "all"
        case .image: "image"
        case .text: "text"
        case .last: "last"
        case .positions(let places): .array(places.map { .integer(Int64($0)) })
        }
    }

    /// As messages spell it, counted from 1.
    var text: String {
        switch self {
        case .positions(let places): "{\(places.map { "\($0 + 1)" }.joined(separator: ", "))}"
        default: "\"\(json.stringValue ?? "")\""
        }
    }
}
