import HireVLM

/// The object under `rope_scaling` or `rope_parameters`, as it was written.
struct RopeOptions: Codable, Sendable, Equatable {
    /// A number or a word; anything else is kept as `other` and refused where it matters.
    enum Entry: Codable, Sendable, Equatable {
        case number(Double)
        case word(String)
        case null
        case other

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if (try? value.decode(Bool.self)) != nil {
                self = .other
            } else if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else if let word = try? value.decode(String.self) {
                self = .word(word)
            } else {
                self = .other
            }
        }

        func encode(to encoder: any Encoder) throws {
            var value = encoder.singleValueContainer()
            switch self {
            case .number(let number): try value.encode(number)
            case .word(let word): try value.encode(word)
            case .null, .other: try value.encodeNil()
            }
        }
    }

    /// The entries by key; null ones are left out.
    private(set) var entries: [String: Entry] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
        entries = try [String: Entry](from: decoder).filter { $0.value != .null }
    }

    func encode(to encoder: any Encoder) throws { try entries.encode(to: encoder) }
}
