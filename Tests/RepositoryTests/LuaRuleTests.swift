import Testing

/// A longjmp over a Swift frame leaks what the frame holds, so Swift never calls Lua API that can raise.
@Suite struct LuaRuleTests {
    static let raising = [
        "lua_error", "luaL_error", "luaL_check", "luaL_opt", "luaL_argerror", "lua_call",
        "lua_callk",
        "lua_gettable", "lua_getfield", "lua_geti", "lua_getglobal", "lua_settable", "lua_setfield",
        "lua_seti",
        "lua_setglobal", "lua_next", "lua_concat", "lua_len", "lua_compare", "lua_arith",
        "luaL_tolstring",
        "luaL_len", "luaL_ref", "luaL_newmetatable", "luaL_requiref", "luaL_openlibs",
    ]

    @Test func swiftNeverCallsRaisingLuaFunctions() throws {
        for path in Repository.files(in: ["Sources/HireLua", "Sources/hire"], endings: [".swift"]) {
            for (number, line) in try Repository.lines(path).enumerated() {
                let code = line.split(
                    separator: "//", maxSplits: 1, omittingEmptySubsequences: false)[0]
                for name in Self.raising {
                    let called = code.firstRange(of: "\(name)(") != nil
                    let prefix = name.hasSuffix("check") || name.hasSuffix("opt")
                    let family = prefix && code.contains(name)
                    #expect(
                        !called && !family, "\(path):\(number + 1) calls \(name), which can raise")
                }
            }
        }
    }
}
