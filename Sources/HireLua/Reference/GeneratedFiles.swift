/// Where generated descriptions stand in the repository.
public enum GeneratedFiles {
    /// Definitions for the Lua language server.
    public static let annotations = "types/hire.gen.lua"
    /// The reference manual.
    public static let manual = "docs/lua-reference.md"
}
