import Foundation
import HireFiles
import HireTestSupport
import Testing

/// How a script is stopped.
@Suite struct SignalTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func start(_ script: String, _ options: [String] = []) throws -> RunningProgram {
        let path = folder.file("script.lua")
        try AtomicWriter().write(script, to: path)
        let program = try RunningProgram(
            ProgramTests.program, ["run", path, "--out", folder.file("out")] + options,
            in: folder.path)
        #expect(program.waits { $0.printed.contains("ready") }, "\(program.complained)")
        // What stands behind the line that says so has begun too.
        usleep(100_000)
        return program
    }

    @Test(arguments: [
        (SIGINT, "SIGINT", Int32(130)), (SIGTERM, "SIGTERM", 143), (SIGHUP, "SIGHUP", 129),
        (SIGUSR1, "SIGUSR1", 75), (SIGUSR2, "SIGUSR2", 75),
    ])
    func everySignalHasItsStatus(_ row: (signal: Int32, name: String, status: Int32)) throws {
        let program = try start("print('ready') while true do end", ["--", "it's", "a b"])
        program.send(row.signal)
        let end = program.end()
        #expect(end.status == row.status, "\(program.complained)")
        #expect(end.seconds < 2)
        let lines = program.complained.split(separator: "\n")
        #expect(lines.count == 1 && lines[0].hasPrefix("hire: stopped by \(row.name)"), "\(lines)")
        // The command can be pasted into a shell.
        #expect(lines[0].hasSuffix(#" -- 'it'\''s' 'a b'"#), "\(lines)")
    }

    /// A scheduler takes status 0 for work that is done.
    @Test(arguments: [
        (SIGTERM, "os.exit(0)", Int32(143)), (SIGUSR1, "os.exit(true, true)", 75),
        (SIGTERM, "os.exit(3)", 3), (SIGTERM, "os.exit()", 143),
    ])
    func aStoppedScriptDoesNotEndWell(_ row: (signal: Int32, exit: String, status: Int32)) throws {
        let program = try start(
            "print('ready') pcall(function() while true do end end) \(row.exit)")
        program.send(row.signal)
        #expect(program.end().status == row.status, "\(row)")
    }

    @Test func exitGivesItsStatus() throws {
        for (exit, status) in [("os.exit(0)", Int32(0)), ("os.exit(false)", 1), ("os.exit(7)", 7)] {
            let program = try start("print('ready') \(exit)")
            #expect(program.end().status == status, "\(exit)")
        }
    }

    @Test func whateverAScriptCatchesItStops() throws {
        let scripts = [
            "print('ready') while true do pcall(function() while true do end end) end",
            "print('ready') local co = coroutine.wrap(function() while true do end end) while true do pcall(co) end",
            """
            print('ready')
            while true do
              local co = coroutine.create(function() while true do pcall(function() while true do end end) end end)
              coroutine.resume(co)
            end
            """,
            "print('ready') while true do pcall(require('hire').check_interrupt) end",
            // Reading what never comes.
            "print('ready') local pipe = io.popen('sleep 6') while true do pipe:read('l') end",
        ]
        for script in scripts {
            let program = try start(script)
            program.send(SIGTERM)
            let end = program.end()
            #expect(end.status == 143 && end.seconds < 4, "\(script)\n\(program.complained)")
        }
    }

    @Test func aScriptMayPutThingsInOrder() throws {
        let program = try start(
            """
            print('ready')
            local ok, problem = pcall(function() while true do end end)
            print(problem.kind, problem.signal)
            for i = 1, 1000 do end
            print('in order')
            """)
        program.send(SIGUSR1)
        #expect(program.end().status == 75, "\(program.complained)")
        #expect(program.printed == "ready\ninterrupted\tSIGUSR1\nin order\n")
        #expect(program.complained.contains("stopped by SIGUSR1"))
    }

    @Test func aSecondSignalEndsAtOnce() throws {
        for (second, status) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
            // Native work that looks at no flag.
            let program = try start(
                "print('ready') string.rep('x', 3000):find(('.-'):rep(4) .. 'y')")
            program.send(SIGINT)
            usleep(50_000)
            // One request that comes twice, to the process and to its group, is one.
            program.send(SIGTERM)
            usleep(700_000)
            #expect(program.isRunning)
            program.send(second)
            let end = program.end()
            #expect(end.status == status && end.seconds < 1)
            #expect(program.complained.contains("stopped at once"))
        }
    }

    @Test func announcementsDoNotEndAtOnce() throws {
        let program = try start("print('ready') string.rep('x', 3000):find(('.-'):rep(4) .. 'y')")
        for _ in 0..<3 {
            program.send(SIGUSR1)
            usleep(600_000)
        }
        #expect(program.isRunning)
        program.send(SIGTERM)
        #expect(program.end().status == 143)
    }

    @Test func nohupIsRespected() throws {
        let path = folder.file("script.lua")
        try AtomicWriter().write(
            "print('ready') io.flush() while not io.open(arg[1]) do end print('done')", to: path)
        let flag = folder.file("flag")
        let program = try RunningProgram(
            "/bin/sh",
            ["-c", #"trap '' HUP; exec "$0" run "$1" -- "$2""#, ProgramTests.program, path, flag],
            in: folder.path)
        #expect(program.waits { $0.printed.contains("ready") })
        program.send(SIGHUP)
        try AtomicWriter().write("", to: flag)
        #expect(program.end().status == 0 && program.printed == "ready\ndone\n")
    }

    @Test func aReaderThatGoesAwayDoesNotEndARun() throws {
        let path = folder.file("script.lua")
        try AtomicWriter().write(
            """
            for i = 1, 20000 do print('line ' .. i) end
            os.execute('yes | head -n 1 > ' .. arg[1])
            require('hire').json.write(arg[2], { finished = true })
            """, to: path)
        let (first, last) = (folder.file("first"), folder.file("last.json"))
        let program = try RunningProgram(
            "/bin/bash",
            [
                "-c", #"set -o pipefail; "$0" run "$1" -- "$2" "$3" | head -n 2"#,
                ProgramTests.program, path, first, last,
            ], in: folder.path)
        let end = program.end()
        #expect(end.status == 0, "\(end.status) \(program.complained)")
        #expect(program.printed == "line 1\nline 2\n")
        #expect(
            program.complained
                == "hire: standard output cannot be written (nobody reads it any more); the script goes on without it.\n"
        )
        #expect(try SystemFileSystem().exists(last))
        // Programs that the script starts are stopped by broken pipes as ever.
        #expect(try SystemFileSystem().readAll(first) == Array("y\n".utf8))
    }

    @Test func coroutinesAreLuas() throws {
        let path = folder.file("script.lua")
        try AtomicWriter().write(
            """
            local co = coroutine.create(function(a, b)
              local c = coroutine.yield(a + b)
              local d, e = coroutine.yield(c * 2)
              return d .. e
            end)
            print(coroutine.resume(co, 1, 2))
            print(coroutine.resume(co, 5))
            print(coroutine.resume(co, 'x', 'y'))
            print(coroutine.resume(co))
            print(coroutine.status(co))
            local next = coroutine.wrap(function() for i = 1, 2 do coroutine.yield(i) end end)
            print(next(), next(), next())
            print(pcall(next))
            print(pcall(next))
            local bad = coroutine.wrap(function()
              local guard <close> = setmetatable({}, { __close = function(_, e) print('closing', e) end })
              error('broken')
            end)
            print(pcall(bad))
            print(pcall(bad))
            print(coroutine.resume(coroutine.running()))
            print(pcall(coroutine.resume, 1))
            print(pcall(coroutine.wrap, 1))
            print(select(2, pcall(coroutine.wrap(function() error({ code = 7 }) end))).code)
            local inner = coroutine.wrap(function() return coroutine.wrap(function() coroutine.yield('deep') end)() end)
            print(inner())
            local depth = 0
            local function nest() depth = depth + 1 if depth < 100 then coroutine.wrap(nest)() end end
            nest()
            print(depth)
            """, to: path)
        let lua = try RunningProgram(ProgramTests.program, ["run", path], in: folder.path)
        #expect(lua.end().status == 0, "\(lua.complained)")
        let lines = lua.printed.split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "true\t3", "true\t10", "true\txy", "false\tcannot resume dead coroutine", "dead",
                "1\t2", "false\tcannot resume dead coroutine",
                "false\tcannot resume dead coroutine",
                "closing\t\(path):17: broken", "false\t\(path):17: broken",
                "false\tcannot resume dead coroutine",
                "false\tcannot resume non-suspended coroutine",
                "false\tbad argument #1 to 'coroutine.resume' (coroutine expected, got number)",
                "false\tbad argument #1 to 'coroutine.wrap' (function expected, got number)", "7",
                "deep",
                "100",
            ], "\(lines)")
    }
}
