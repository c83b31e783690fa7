import HireFiles
import HireVLM

/// A key of a study and the values that it takes.
public struct StudyAxis: Sendable, Equatable {
    /// A dotted path, such as `training.steps` or `enricher.stages`.
    public var key: String
    /// The values, in their order; at least one.
    public var values: [JSONValue]

    /// An axis from its parts.
    public init(_ key: String, _ values: [JSONValue]) {
        self.key = key
        self.values = values
    }
}

/// Which combinations of values a study runs.
public struct StudyGrid: Sendable, Equatable {
    /// The axes, in the order of labels and tables.
    public var axes: [StudyAxis] = []
    /// How values of several axes are combined.
    public var pairing = StudyRequest.Pairing.grid
    /// Combinations given one by one, instead of axes.
    public var points: [JSONObject] = []
    /// The seeds, each run at every point; empty where a study has none.
    public var seeds: [Int] = []

    /// One point without axes.
    public init() {}

    /// The keys of all axes and points, in their order.
    public var keys: [String] {
        var keys = axes.map(\.key)
        for key in points.flatMap(\.keys) where !keys.contains(key) { keys.append(key) }
        return keys
    }

    /// The values at every point, in order: of a grid, the last axis changes fastest.
    ///
    /// - Throws: `StudyError.axis` for axes without values, equal values or points, and lists that cannot be walked side by
    ///   side.
    public func combinations() throws -> [JSONObject] {
        for axis in axes {
            guard !axis.values.isEmpty else {
                throw StudyError.axis("The axis '\(axis.key)' has no values.")
            }
            for (index, value) in axis.values.enumerated()
            where axis.values[..<index].contains(value) {
                throw StudyError.axis(
                    "The axis '\(axis.key)' has the value \(value.axisText) twice.")
            }
        }
        if !points.isEmpty {
            guard axes.isEmpty else {
                throw StudyError.axis("A study takes axes or points, not both.")
            }
            for (index, point) in points.enumerated() where points[..<index].contains(point) {
                throw StudyError.axis("Points \(index + 1) and an earlier one are the same.")
            }
            return points
        }
        if pairing == .zip { return try zipped() }
        return axes.reduce([JSONObject()]) { points, axis in
            points.flatMap { point in
                axis.values.map { value in
                    var point = point
                    point[axis.key] = value
                    return point
                }
            }
        }
    }

    private func zipped() throws -> [JSONObject] {
        let count = axes.map(\.values.count).max() ?? 1
        for axis in axes where axis.values.count != count && axis.values.count != 1 {
            let counts = axes.map { "\($0.key) has \($0.values.count)" }.joined(separator: ", ")
            throw StudyError.axis(
                "Axes that are walked side by side (zip) need as many values as each other, or one: \(counts)."
            )
        }
        return (0..<count).map { index in
            JSONObject(axes.map { ($0.key, $0.values[$0.values.count == 1 ? 0 : index]) })
        }
    }

    /// Puts the values of the command line over those of the script: a key that has an axis gets other values, another key
    /// becomes an axis of its own, or a value of every point.
    public mutating func put(_ overrides: [StudyOverride], pairing: StudyRequest.Pairing) {
        for override in overrides {
            if let place = axes.firstIndex(where: { $0.key == override.key }) {
                axes[place].values = override.values
            } else if !points.isEmpty, override.values.count == 1 {
                for index in points.indices { points[index][override.key] = override.values[0] }
            } else {
                axes.append(StudyAxis(override.key, override.values))
            }
        }
        if pairing == .zip, overrides.contains(where: { $0.values.count > 1 }) {
            self.pairing = .zip
        }
    }

    /// The label of a point: "steps=100 lr=0.1", empty for a point without axes.
    static func label(_ point: JSONObject) -> String {
        point.members.map { "\($0.key)=\($0.value.axisText)" }.joined(separator: " ")
    }
}
