import ArgumentParser
import HireFiles
import HireHDF5
import HireLua

/// `hire read-hdf5 FILE`: what `HDF5Quarantine` runs, in a process that may die.
struct ReadHDF5Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: HDF5Quarantine.verb,
        abstract: "Read everything in an HDF5 file, under limits on memory and time.",
        shouldDisplay: false)

    @Argument(help: "The file.")
    var path: String

    func run() throws {
        let bytes = try SystemFileSystem().status(path)?.byteCount ?? 0
        HDF5Quarantine.limit(byteCount: bytes)
        do {
            try HDF5Reader(inPlace: path).readEverything()
        } catch let error as HDF5Error {
            // The path is known to whoever asked.
            let place = error.object.isEmpty ? "" : error.object + ": "
            let detail = error.detail.isEmpty ? "" : " (HDF5: \(error.detail))"
            Terminal.writeError("\(place)\(error.problem)\(detail)\n")
            throw ProgramExit(code: 65)
        }
    }
}
