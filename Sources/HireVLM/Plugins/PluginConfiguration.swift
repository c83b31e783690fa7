import Foundation
import HireFiles

/// A plugin's options: `init()` states every default once, recipes overlay some of them.
public protocol PluginConfiguration: Codable, Sendable {
    /// The defaults.
    init()
    /// What the options mean, a line each by key, for `hire plugins show`.
    static var notes: [String: String] { get }
}

/// A configuration without options.
public struct NoConfiguration: PluginConfiguration {
    /// Nothing to configure.
    public init() {}
}

extension PluginConfiguration {
    /// Nothing is said about the options.
    public static var notes: [String: String] { [:] }

    /// The defaults as JSON, keys sorted.
    public static func defaults() throws -> JSONObject {
        try Self().json()
    }

    /// Every option as JSON, keys sorted.
    public func json() throws -> JSONObject {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let bytes = [UInt8](try encoder.encode(self))
        guard case .object(let object) = try JSONParser.parse(bytes, source: "configuration") else {
            return JSONObject()
        }
        return object
    }

    /// The defaults with `overrides` on top; unknown keys and values of another type are refused.
    ///
    /// - Throws: `PluginError.unknownKey` with the nearest key, `PluginError.configuration`.
    public static func decode(_ overrides: JSONObject, plugin: String) throws -> Self {
        var values = try defaults()
        for (key, value) in overrides.members {
            guard values[key] != nil else {
                throw PluginError.unknownKey(
                    plugin: plugin,
                    suggestion: NearestNames.sentence(kind: "key", name: key, among: values.keys))
            }
            values[key] = value
        }
        let text = try JSONWriter().string(.object(values))
        do {
            return try JSONDecoder().decode(Self.self, from: Data(text.utf8))
        } catch let error as DecodingError {
            let (key, problem) = describe(error)
            throw PluginError.configuration(plugin: plugin, key: key, problem: problem)
        }
    }
}

/// The key and the trouble of a decoding error, without Foundation's wording.
private func describe(_ error: DecodingError) -> (key: String, problem: String) {
    func path(_ context: DecodingError.Context) -> String {
        context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
        return (path(context), "must be of type \(type)")
    case .dataCorrupted(let context):
        return (path(context), "does not fit: \(context.debugDescription)")
    case .keyNotFound(let key, let context):
        return (path(context) + key.stringValue, "is missing")
    @unknown default:
        return ("", "cannot be read")
    }
}
