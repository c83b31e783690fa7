import HireFiles

/// A plugin chosen by id, with the options that differ from its defaults.
public struct PluginChoice: Sendable, Equatable {
    /// The plugin's id.
    public var id: String
    /// Options on top of the defaults.
    public var configuration: JSONObject

    /// A choice.
    public init(_ id: String, _ configuration: JSONObject = JSONObject()) {
        self.id = id
        self.configuration = configuration
    }

    /// Reads `"id"` or `{"id": …, option: …}`.
    ///
    /// - Throws: `PluginError.assembly` for anything else.
    public init(_ json: JSONValue, for kind: PluginKind) throws {
        switch json {
        case .string(let id): self.init(id)
        case .object(var object):
            guard case .string(let id)? = object["id"] else {
                throw PluginError.assembly(
                    "A \(kind.noun) is given by name or as a table with the field 'id'.")
            }
            object["id"] = nil
            self.init(id, object)
        default:
            throw PluginError.assembly(
                "A \(kind.noun) is given by name or as a table with the field 'id', got "
                    + "\(json.kindName).")
        }
    }

    /// The same as one JSON object.
    public var json: JSONValue {
        var object: JSONObject = ["id": .string(id)]
        for (key, value) in configuration.members { object[key] = value }
        return .object(object)
    }
}
