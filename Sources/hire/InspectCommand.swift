import ArgumentParser
import HireFiles
import HireLua
import HireStudies
import HireVLM

/// `hire inspect PATH`.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "See what a model folder or a file of weights holds, without loading it.",
        discussion: """
            Prints the architecture, parameters, dtypes and bytes, what does not fit, and the names of everything that can \
            be captured (layer by layer with --hooks); with --tensors every stored tensor.

            Examples:
              hire inspect llava-1.5-7b-hf
              hire inspect mm_projector.bin --allow-bin --tensors
            """)

    @Argument(help: "A model folder, or a .safetensors, .bin, .pt or .pth file.")
    var path: String

    @Flag(help: "Print JSON, with everything in it.")
    var json = false

    @Flag(help: "List the hooks of every layer.")
    var hooks = false

    @Flag(help: "List every stored tensor.")
    var tensors = false

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Running") var script: ScriptOptions

    func run() throws {
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
