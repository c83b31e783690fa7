import HireFiles
import HireVLM

extension LuaFunction {
    /// The function's bytecode, and the files of modules that the script has required so far.
    public func sources() throws -> ScriptSources {
        guard let state, !state.isClosed else { return ScriptSources() }
        let results = try state.load(LuaFunction.lister, name: "=sources").call([.function(self)])
        var sources = ScriptSources()
        if case .string(let code)? = results.first, !code.isEmpty {
            sources.function = SHA256.hex(of: code.utf8)
        }
        guard results.count > 1, case .table(let modules) = results[1] else { return sources }
        for (name, value) in modules {
            guard case .string(let path) = value else { continue }
            sources.modules[name] = try SHA256.hex(ofFile: path, in: SystemFileSystem())
        }
        return sources
    }

    /// Code is passed as hexadecimal digits, for it is no text.
    private static let lister = """
        local f = ...
        local good, code = pcall(string.dump, f, true)
        code = good and code:gsub(".", function(c) return ("%02x"):format(c:byte()) end) or ""
        local modules = {}
        if package and package.searchpath then
          for name in pairs(package.loaded) do
            local path = type(name) == "string" and package.searchpath(name, package.path)
            if path then modules[name] = path end
          end
        end
        return code, modules
        """
}
