import ArgumentParser
import HireFiles
import HireHDF5
import HireLua
import HireVLM

/// `hire doctor`.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what this machine has and what is missing.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let missing = Machine.missingFeatures()
        var facts: [(String, JSONValue)] = [
            ("hire", .string(ToolkitVersion.text)),
            ("lua", .string(LuaVersion.text)),
            ("processor", .string(Machine.processorName())),
            ("missing_features", .array(missing.map(JSONValue.string))),
            ("matrix_kernels", .string("OpenBLAS, " + Machine.matrixKernels())),
            ("hdf5", .string(HDF5Library.version)),
            ("cores", .integer(Int64(Machine.cores()))),
        ]
        for (name, field) in [("memory_bytes", "MemTotal"), ("memory_free_bytes", "MemAvailable")] {
            if let bytes = Machine.memory(field) { facts.append((name, .integer(Int64(bytes)))) }
        }
        facts.append(("disk_free_bytes", .integer(Int64(try SystemFileSystem().freeBytes(".")))))
        if json {
            let writer = JSONWriter(layout: .pretty)
            print(try writer.string(.object(JSONObject(facts))), terminator: "")
        } else {
            for (name, value) in facts { print(line(name, value)) }
        }
        if !missing.isEmpty { throw ProgramExit(code: 69) }
    }

    private func line(_ name: String, _ value: JSONValue) -> String {
        let label = name.replacing("_bytes", with: "").replacing("_", with: " ")
        let padded = label.padding(to: 20)
        switch value {
        case .integer(let number) where name.hasSuffix("_bytes"):
            return padded
                + "\((number * 10 / (1 << 30)) / 10).\((number * 10 / (1 << 30)) % 10) GiB"
        case .integer(let number): return padded + "\(number)"
        case .array(let items):
            return padded
                + (items.isEmpty ? "none" : items.compactMap(\.stringValue).joined(separator: ", "))
        default: return padded + (value.stringValue ?? "")
        }
    }
}

extension String {
    /// The text filled with spaces up to a width.
    func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
