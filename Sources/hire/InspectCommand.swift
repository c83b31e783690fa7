import ArgumentParser
import HireFiles
import HireLua
import HireStudies
import HireVLM

/// `hire inspect PATH`.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract:
            "See what a model folder, a file of weights or an HDF5 file holds, without loading it.",
        discussion: """
            Prints the architecture, parameters, dtypes and bytes, what does not fit, and the names of everything that can \
            be captured (layer by layer with --hooks); with --tensors every stored tensor. Of HDF5 files it prints names, dtypes, \
            shapes, axes and attributes, after another process has read the whole file: the HDF5 library crashes on damaged ones.

            Examples:
              hire inspect llava-1.5-7b-hf
              hire inspect mm_projector.bin --allow-bin --tensors
              hire inspect features.h5 --json
            """)

    @Argument(help: "A model folder, or a .safetensors, .bin, .pt, .pth or .h5 file.")
    var path: String

    @Flag(help: "Print JSON, with everything in it.")
    var json = false

    @Flag(help: "List the hooks of every layer.")
    var hooks = false

    @Flag(help: "List every stored tensor.")
    var tensors = false

    @Flag(help: "Open an HDF5 file at once; without it another process reads it first.")
    var trusted = false

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Running") var script: ScriptOptions

    func run() throws {
        if try HDF5Listing.fits(path) {
            let found = try HDF5Listing(path, isTrusted: trusted)
            if json { try RunReading.write(found.json) } else { RunReading.write(found.text) }
            return
        }
        let state = try script.makeState(folder: "runs/inspect")
        defer { state.close() }
        guard try SystemFileSystem().status(path) != nil else {
            throw FileError(.missingInput, path: path, problem: "there is no such file or folder")
        }
        let found = try ModelInspection(
            path, modelOptions.folder, catalog: state.host.catalog,
            shapes: Machine.shapesContext(), backend: state.host.context.backend)
        if json {
            print(
                try JSONWriter(layout: .pretty).string(.object(InspectionJSON.object(found))),
                terminator: "")
        } else {
            printText(found)
        }
        if found.report?.isComplete == false { throw ProgramExit(code: 65) }
    }

    private func printText(_ found: ModelInspection) {
        print("\("kind".padding(to: 18))\(found.kind)")
        for stage in found.stages {
            print(
                stage.name.replacing("_", with: " ").padding(to: 18)
                    + stage.plugin.padding(to: 18) + "\(grouped(stage.parameters)) parameters")
        }
        if let recipe = found.recipe {
            let preprocessing = recipe.preprocessing
            print(
                "pictures".padding(to: 18)
                    + "\(preprocessing.aspect.rawValue) to \(preprocessing.highResolution) px, the encoder sees "
                    + "\(preprocessing.lowResolution) px")
            print("template".padding(to: 18) + recipe.prompt)
        }
        for (name, count, bytes) in InspectionJSON.dtypes(found) {
            print(
                "stored".padding(to: 18)
                    + "\(name.padding(to: 6))\(grouped(count)) numbers, \(grouped(bytes)) bytes")
        }
        if !found.unneeded.isEmpty {
            print("not needed".padding(to: 18) + "\(found.unneeded.count) stored tensors")
        }
        for note in found.notes { print("note".padding(to: 18) + note) }
        if let report = found.report, !report.isComplete { print(report) }
        let shown = hooks ? found.capturePoints : HookNames.collapsed(found.capturePoints)
        for (index, name) in shown.enumerated() {
            print((index == 0 ? "hooks" : "").padding(to: 18) + name)
        }
        if tensors {
            for tensor in found.tensors {
                let type = tensor.dtype?.shortName ?? "unread"
                print("\(type.padding(to: 6))\("\(tensor.shape)".padding(to: 22))\(tensor.name)")
            }
        }
    }
}
