import HireArray
import HireTensor

/// Named arrays beside each parameter (moments), and how many steps it has taken.
///
/// Arrays begin as zeros at a parameter's first step, and are changed in place by nobody but the optimiser.
struct OptimizerMoments {
    private struct Entry {
        var step = 0
        var arrays: [NDArray] = []
    }

    private let names: [String]
    private var entries: [ObjectIdentifier: Entry] = [:]

    init(_ names: [String]) { self.names = names }

    /// Counts a step of a parameter; returns its number, from 1, and the parameter's arrays.
    mutating func next(_ parameter: Parameter) throws -> (step: Int, arrays: [NDArray]) {
        let key = ObjectIdentifier(parameter)
        var entry = entries[key] ?? Entry()
        if entry.arrays.isEmpty {
            entry.arrays = try names.map { _ in
                let array = try parameter.context.backend.allocate(
                    parameter.shape, parameter.context.dtype)
                parameter.context.backend.fill(array, 0)
                return array
            }
        }
        entry.step += 1
        entries[key] = entry
        return (entry.step, entry.arrays)
    }

    /// `<path>.step` (int64) and `<path>.<name>`, copied.
    func stateDict(_ parameters: [Parameter]) throws -> StateDict {
        var state = StateDict()
        for parameter in parameters {
            guard let entry = entries[ObjectIdentifier(parameter)] else { continue }
            let backend = parameter.context.backend
            state["\(parameter.path).step"] = try backend.array([Int64(entry.step)], [])
            for (name, array) in zip(names, entry.arrays) {
                state["\(parameter.path).\(name)"] = try Self.copy(array, parameter)
            }
        }
        return state
    }

    mutating func load(_ state: StateDict, _ parameters: [Parameter]) throws {
        var fresh: [ObjectIdentifier: Entry] = [:]
        var used = Set<String>()
        for parameter in parameters {
            let stepName = "\(parameter.path).step"
            guard let step = state[stepName] else { continue }
            guard step.count == 1 else {
                throw OptimizationError.state(
                    name: stepName, problem: "expected one number, got shape \(step.shape)")
            }
            used.insert(stepName)
            var entry = Entry(step: try step.integers()[0])
            for name in names {
                let full = "\(parameter.path).\(name)"
                guard let array = state[full] else {
                    throw OptimizationError.state(name: full, problem: "it is missing")
                }
                guard array.shape == parameter.shape else {
                    throw OptimizationError.state(
                        name: full,
                        problem: "expected shape \(parameter.shape), got \(array.shape)")
                }
                used.insert(full)
                entry.arrays.append(try Self.copy(array, parameter))
            }
            fresh[ObjectIdentifier(parameter)] = entry
        }
        if let stranger = state.names.first(where: { !used.contains($0) }) {
            throw OptimizationError.state(
                name: stranger,
                problem: ModuleError.unknown(
                    "parameter", stranger, among: parameters.map(\.path)))
        }
        entries = fresh
    }

    private static func copy(_ array: NDArray, _ parameter: Parameter) throws -> NDArray {
        let copy = try parameter.context.backend.allocate(array.shape, parameter.context.dtype)
        parameter.context.backend.copy(array, into: copy)
        return copy
    }
}
