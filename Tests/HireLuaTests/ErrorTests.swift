import HireLua
import HireVLM
import Testing

@Suite struct ErrorTests {
    @Test func swiftErrorsBecomeTables() throws {
        let bench = try Bench()
        let source = """
            local ok, e = pcall(test.fail, "No luck.")
            local okay, f = pcall(function() test.fail("Line two.") end)
            return ok, e.kind, e.message, type(e.traceback), tostring(f), "said: " .. f
            """
        #expect(
            try bench.run(source) == [
                "false", "failure", "case.lua:1: No luck.", "string", "case.lua:2: Line two.",
                "said: case.lua:2: Line two.",
            ])
    }

    @Test func luaErrorsReachSwiftWithLineAndTraceback() throws {
        let bench = try Bench()
        let error = try #require(
            bench.error("local function inner()\n  error('broken')\nend\ninner()"))
        #expect(error.message == "case.lua:2: broken")
        #expect(error.traceback.contains("inner"))
        #expect(error.kind == .lua)
        #expect(bench.error("x = = 1")?.message.contains("case.lua:1:") == true)
        #expect(bench.error("error({code = 5})")?.message == "an error value of type table")
        #expect(
            bench.error("local x = nil; return x.y")?.message.contains(
                "attempt to index a nil value") == true)
    }

    @Test func nestedCallsKeepTheInnermostPosition() throws {
        let bench = try Bench()
        let source = """
            test.call(function()
              test.call(function()
                test.fail("Deep inside.")
              end)
            end)
            """
        let error = try #require(bench.error(source))
        #expect(error.message == "case.lua:3: Deep inside.")
        #expect(error.kind == .failure)
        bench.state.collectGarbage()
        #expect(bench.population.alive == 0)
    }

    @Test func tenThousandErrorsLeakNothing() throws {
        let bench = try Bench()
        let source = """
            local failed = 0
            for i = 1, 10000 do
              local ok = pcall(test.call, function(x, witness)
                if i % 2 == 0 then test.fail() else error({i}) end
              end)
              if not ok then failed = failed + 1 end
            end
            return failed
            """
        #expect(try bench.run(source) == ["10000"])
        bench.state.collectGarbage()
        #expect(bench.population.alive == 0)
        let held = bench.state.liveObjects
        try bench.run("for i = 1, 1000 do pcall(test.fail) end collectgarbage()")
        #expect(bench.state.liveObjects == held)
        bench.state.close()
        #expect(bench.state.liveObjects == 0)
    }

    @Test func coroutinesCallAndFailLikeEverythingElse() throws {
        let bench = try Bench()
        let source = """
            local made = coroutine.wrap(function()
              for i = 1, 3 do
                coroutine.yield(test.call(function(x) return x * 2 end, i))
              end
              test.fail("From a coroutine.")
            end)
            local a, b, c = made(), made(), made()
            local ok, e = pcall(made)
            return a, b, c, ok, e.message
            """
        #expect(try bench.run(source) == ["2", "4", "6", "false", "case.lua:5: From a coroutine."])
        #expect(
            bench.error("coroutine.wrap(function() test.call(coroutine.yield) end)()")?.message
                .contains(
                    "yield across a C-call") == true)
    }

    @Test func endlessRecursionIsAnError() throws {
        let bench = try Bench()
        #expect(
            bench.error("local function f() return test.call(f) + 1 end f()")?.message.contains(
                "overflow") == true)
        #expect(
            bench.error("local function f() return 1 + f() end f()")?.message.contains("overflow")
                == true)
        #expect(try bench.run("return 1") == ["1"])
        #expect(bench.error("return string.rep('x', 1 << 60)") != nil)
    }
}
