import HireTensor
import HireVLM

/// A host with another context for new tensors; everything else is passed on.
final class ScopedHost: ScriptHost {
    let context: Context
    private let base: any ScriptHost

    init(_ base: any ScriptHost, context: Context) {
        self.base = base
        self.context = context
    }

    var catalog: PluginCatalog {
        get { base.catalog }
        set { base.catalog = newValue }
    }
    var outputFolder: String { base.outputFolder }
    var isSmoke: Bool { base.isSmoke }
    var arguments: [String] { base.arguments }
    func shapesContext() -> Context { base.shapesContext() }
    func write(_ text: String) { base.write(text) }
    func show(png: [UInt8], path: String) { base.show(png: png, path: path) }
    func progress(_ title: String, total: Int) -> any ScriptProgress {
        base.progress(title, total: total)
    }
    func checkInterrupt() throws { try base.checkInterrupt() }
}
