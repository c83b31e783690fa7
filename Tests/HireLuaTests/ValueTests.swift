import HireLua
import Testing

@Suite struct ValueTests {
    @Test func valuesSurviveTheRoundTrip() throws {
        let bench = try Bench()
        let cases = [
            "nil", "true", "12", "-9223372036854775807", "1.5", "grüße", "{1,2,{3}}",
            "{a=1,b={c=x}}", "{}",
        ]
        let sources = [
            "nil", "true", "12", "-9223372036854775807", "1.5", "'grüße'", "{1,2,{3}}",
            "{b={c='x'},a=1}", "{}",
        ]
        for (expected, source) in zip(cases, sources) {
            #expect(try bench.run("return test.echo(\(source))") == [expected])
        }
    }

    @Test func tablesThatNoValueCanHoldAreRefusedWithAReason() throws {
        let bench = try Bench()
        #expect(bench.error("test.echo({1, 2, a = 3})")?.message.contains("not both") == true)
        #expect(
            bench.error("local t = {} t.t = t test.echo(t)")?.message.contains("contains itself")
                == true)
        #expect(
            bench.error("test.echo({[true] = 1})")?.message.contains("got true (boolean)") == true)
        #expect(
            bench.error("test.echo(coroutine.create(print))")?.message.contains("type thread")
                == true)
    }

    @Test func printGoesThroughTheHost() throws {
        let bench = try Bench()
        try bench.run("print(1, 'two', nil, test.pebble(3))")
        #expect(bench.host.printed == "1\ttwo\tnil\tpebble of 3 g\n")
    }

    @Test func globalsAreSetAndRead() throws {
        let bench = try Bench()
        try bench.state.setGlobal("answer", to: .integer(42))
        #expect(try bench.run("answer = answer + 1 return answer") == ["43"])
        guard case .integer(43) = try bench.state.global("answer") else {
            Issue.record("The global is not 43.")
            return
        }
    }
}
