import ArgumentParser
import HireLua

/// `hire help NAME`.
struct HelpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "help",
        abstract: "Show the help of a verb, a Lua library, class, function or tensor operation.",
        discussion: """
            Examples:
              hire help run
              hire help tensor
              hire help tensor.softmax
            """)

    @Argument(help: "A verb, or a name such as tensor.softmax; all libraries by default.")
    var name: String?

    func run() throws {
        if let verb = Verbs.all.first(where: { $0.configuration.commandName == name }) {
            print(HireCommand.helpMessage(for: verb))
            return
        }
        let index = HelpIndex(LibraryList.all)
        guard let name else {
            print(HireCommand.helpMessage())
            print()
            print(index.overview())
            return
        }
        print(try index.page(name))
    }
}
