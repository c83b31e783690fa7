import ArgumentParser
import HireFiles
import HireStudies

/// `hire digest RUN [OTHER]`.
struct DigestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "digest",
        abstract: "Print what a run determined as one line, or say where two runs differ.",
        discussion: """
            Two runs of the same study have the same digest whoever computed what, in which order, and however often they were \
            stopped. Times, memory and where it ran do not enter. With two runs: exit status 1 and the first item, file and \
            dataset that differ.

            Examples:
              hire digest runs/quickstart
              hire digest runs/here runs/there
            """)

    @OptionGroup var argument: RunArgument

    @Argument(help: "Another run to compare with.", completion: .directory)
    var other: String?

    @Flag(help: "Print JSON, with the digests of items and files.")
    var json = false

    func run() throws {
        let first = try RunReading.contents(argument.run)
        guard let other else {
            let digest = try RunDigest(first)
            if json { try RunReading.write(digest.json) } else { print(digest.digest) }
            return
        }
        let comparison = try RunComparison(first, RunReading.contents(other))
        if json {
            try RunReading.write([
                "equal": .bool(comparison.difference == nil),
                "difference": comparison.difference.map { .string($0) } ?? .null,
                "first": .object(comparison.first.json), "second": .object(comparison.second.json),
            ])
        } else {
            print("\(comparison.first.digest)  \(argument.run)")
            print("\(comparison.second.digest)  \(other)")
        }
        if let difference = comparison.difference {
            Machine.flush()
            RunReading.note([difference])
            throw ProgramExit(code: 1)
        }
    }
}
