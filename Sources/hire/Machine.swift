import Glibc
import HireArray
import HireCPU
import HireFiles
import HireLua
import HireShapes
import HireTensor

/// What the program needs to know of the machine it runs on.
enum Machine {
    /// The back-end that experiments compute on.
    static func backend(
        threads: Int?, bfloat16Products: BFloat16Products = .exact, isInvariant: Bool = false
    ) -> any Backend {
        CPUBackend(
            threads: threads, bfloat16Products: bfloat16Products, isInvariant: isInvariant)
    }

    /// A context on that back-end.
    static func context(
        seed: UInt64, threads: Int?, bfloat16Products: BFloat16Products = .exact,
        determinism: Determinism = .repeatable
    ) -> Context {
        Context(
            backend: backend(
                threads: threads, bfloat16Products: bfloat16Products,
                isInvariant: determinism == .invariant),
            seed: seed, determinism: determinism)
    }

    /// A context that computes shapes and no values.
    static func shapesContext() -> Context { Context(backend: ShapesBackend()) }

    /// Instruction sets that the kernels were compiled for and this processor lacks.
    static func missingFeatures() -> [String] {
        #if arch(x86_64)
            let present = processorFlags()
            // Where the system does not say, nothing is held against it.
            return present.isEmpty ? [] : ["avx2", "fma"].filter { !present.contains($0) }
        #else
            return []
        #endif
    }

    /// Ends with a clear message where the kernels cannot run.
    static func requireFeatures() throws {
        let missing = missingFeatures()
        if missing.isEmpty { return }
        Terminal.writeError(
            "hire: this processor lacks \(missing.map { $0.uppercased() }.joined(separator: " and ")), "
                + "which the numerical kernels need (Intel Haswell, AMD Excavator or newer).\n")
        throw ProgramExit(code: 69)
    }

    /// The processor's name.
    static func processorName() -> String { processorField("model name") ?? "unknown" }

    /// The processor's feature flags; empty where the system does not say.
    static func processorFlags() -> Set<String> {
        Set((processorField("flags") ?? "").split(separator: " ").map(String.init))
    }

    /// Processor cores that this process may use.
    static func cores() -> Int { CPUBackend.availableCores }

    /// A line of /proc/meminfo in bytes.
    static func memory(_ field: String) -> Int? {
        guard let text = try? SystemFileSystem().beginning("/proc/meminfo") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(field + ":") {
            let digits = line.filter(\.isNumber)
            return Int(digits).map { $0 * 1024 }
        }
        return nil
    }

    /// The most memory that this process has had resident, in bytes.
    static func peakResidentBytes() -> Int? {
        var usage = rusage()
        return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0
            ? usage.ru_maxrss * 1024 : nil
    }

    /// The processor family that OpenBLAS chose its matrix kernels for.
    static func matrixKernels() -> String { CPUBackend.matrixKernels }

    /// Where this program lies.
    static func programPath() -> String? {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count)
        return count > 0
            ? String(decoding: path.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }

    /// Writes out what standard output still holds.
    static func flush() { fflush(nil) }

    /// Ends the process.
    static func end(_ code: Int32) -> Never { exit(code) }

    private static func processorField(_ name: String) -> String? {
        guard let text = try? SystemFileSystem().beginning("/proc/cpuinfo") else { return nil }
        for line in text.split(separator: "\n", maxSplits: 40) where line.hasPrefix(name) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            return String(line[line.index(after: colon)...].drop(while: { $0 == " " }))
        }
        return nil
    }
}
