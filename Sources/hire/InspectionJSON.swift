import HireArray
import HireFiles
import HireVLM

/// An inspection as JSON.
enum InspectionJSON {
    static func object(_ found: ModelInspection) throws -> JSONObject {
        var object: JSONObject = [
            "kind": .string(found.kind),
            "stages": .array(
                found.stages.map {
                    [
                        "name": .string($0.name), "plugin": .string($0.plugin),
                        "parameters": .integer(Int64($0.parameters)),
                    ]
                }),
            "parameters": .integer(Int64(found.stages.map(\.parameters).reduce(0, +))),
            "dtypes": .array(
                dtypes(found).map {
                    [
                        "dtype": .string($0.name), "numbers": .integer(Int64($0.count)),
                        "bytes": .integer(Int64($0.bytes)),
                    ]
                }),
            "hooks": strings(found.capturePoints), "not_needed": strings(found.unneeded),
            "notes": strings(found.notes),
            "tensors": .array(
                found.tensors.map {
                    [
                        "name": .string($0.name),
                        "shape": .array($0.shape.map { .integer(Int64($0)) }),
                        "dtype": $0.dtype.map { .string($0.rawValue) } ?? .null,
                    ]
                }),
        ]
        if let recipe = found.recipe { object["recipe"] = .object(try recipe.json()) }
        if let report = found.report {
            object["fits"] = .bool(report.isComplete)
            object["missing"] = strings(report.missing)
            object["unexpected"] = strings(report.unexpected)
            object["mismatched"] = strings(report.mismatched.map(\.name))
        }
        return object
    }

    /// Numbers and bytes by dtype, in the order of dtypes.
    static func dtypes(_ found: ModelInspection) -> [(name: String, count: Int, bytes: Int)] {
        DType.allCases.compactMap { dtype in
            let own = found.tensors.filter { $0.dtype == dtype }
            if own.isEmpty { return nil }
            let count = own.map(\.shape.elementCount).reduce(0, +)
            return (dtype.shortName, count, count * dtype.byteSize)
        }
    }

    private static func strings(_ names: [String]) -> JSONValue {
        .array(names.map { .string($0) })
    }
}
