import HireLua
import Testing

@Suite struct ObjectTests {
    @Test func methodsPropertiesCallsAndOperators() throws {
        let bench = try Bench()
        #expect(try bench.run("return test.pebble(2):heavier(3).weight") == ["5"])
        #expect(try bench.run("return test.pebble(2)()") == ["2"])
        #expect(
            try bench.run("return (test.pebble(2) + test.pebble(3)).weight, #test.pebble(4)") == [
                "5", "4",
            ])
        #expect(try bench.run("return tostring(test.pebble(2))") == ["pebble of 2 g"])
        #expect(bench.error("test.pebble().weight = 3")?.message.contains("read-only") == true)
        #expect(
            bench.error("local p = test.pebble() p.heavier(1)")?.message.contains(
                "call methods as object:heavier(") == true)
    }

    @Test func theSameObjectIsTheSameUserdata() throws {
        let bench = try Bench()
        let source = """
            local p = test.pebble(1)
            collectgarbage()
            return p == p:itself(), rawequal(p, p:itself():itself()), p == test.pebble(1)
            """
        #expect(try bench.run(source) == ["true", "true", "false"])
    }

    @Test func collectedAndClosedObjectsAreReleasedOnce() throws {
        let bench = try Bench()
        try bench.run("for i = 1, 100 do local p = test.pebble(i) end collectgarbage()")
        #expect(bench.population.alive == 0)
        let source = """
            local kept
            do local p <close> = test.pebble(1); kept = p end
            return tostring(kept), pcall(function() return kept.weight end)
            """
        let results = try bench.run(source)
        #expect(bench.population.alive == 0)
        #expect(results.first == "test.Pebble (closed)" && results[1] == "false")
        try bench.run("collectgarbage()")
    }

    @Test func metatablesAreLocked() throws {
        let bench = try Bench()
        #expect(try bench.run("return getmetatable(test.pebble())") == ["test.Pebble"])
        #expect(bench.error("setmetatable(test.pebble(), {})") != nil)
    }

    @Test func nothingOutlivesTheState() throws {
        let bench = try Bench()
        try bench.run("kept = {} for i = 1, 50 do kept[i] = test.pebble(i) end f = test.call")
        #expect(bench.population.alive == 50)
        bench.state.close()
        #expect(bench.population.alive == 0)
        #expect(bench.state.liveObjects == 0)
    }

    @Test func swiftMayHoldALuaFunctionLongerThanItsState() throws {
        let bench = try Bench()
        let function = try bench.state.load("return 1", name: "f.lua")
        bench.state.close()
        #expect(throws: (any Error).self) { try function.call([]) }
    }
}
