import ArgumentParser
import HireStudies

/// `hire merge RUN`.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Make one HDF5 file out of a run's shards.",
        discussion: """
            One dataset per hook over all samples. Linked (the default) it refers to the shards by relative paths and takes no \
            room: keep it where it is, beside them. Copied it stands alone; above 128 MiB its arrays stand in finished files in \
            the folder NAME.parts beside it.

            Examples:
              hire merge runs/capture
              hire merge runs/capture --copy --out features.h5
            """)

    @OptionGroup var argument: RunArgument

    @Flag(help: "Copy the numbers, or link to the shards.")
    var mode = RunMerge.Mode.link

    @Option(name: .customLong("out"), help: "The file; merged.h5 in the run's folder by default.")
    var output: String?

    func run() throws {
        let contents = try RunReading.contents(argument.run)
        let path = output ?? contents.folder.location("merged.h5")
        let summary = try RunReading.checkingNames {
            try RunMerge(RunSources(contents)).write(to: path, mode)
        }
        for file in summary.files { print(file) }
        Machine.flush()
        RunReading.note(summary.notes)
    }
}

extension RunMerge.Mode: EnumerableFlag {}
