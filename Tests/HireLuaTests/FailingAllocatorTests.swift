import Builtin
import HireFiles
import HireLua
import HireReference
import HireTestSupport
import HireVLM
import Testing

/// Memory that runs out at any moment ends a script with an error, and nothing is left behind.
@Suite struct FailingAllocatorTests {
    /// Touches tensors, modules, gradients, closures, coroutines, errors, captures and tables.
    private static let script = """
        local hire = require "hire"
        local kept = {}
        local x = hire.tensor.from({ { 1, 2 }, { 3, 4 } }, { requires_grad = true })
        local layer = hire.nn.sequential { hire.nn.linear(2, 3), hire.nn.relu(), hire.nn.linear(3, 1) }
        local capture = layer:capture("0", function(name, value)
          kept[#kept + 1] = { name = name, sum = value:sum():item(), text = ("%s!"):format(name) }
        end)
        layer(x):sum():backward()
        capture:cancel()
        local Twice = hire.module {
          new = function(self) self.inner = self:child("inner", hire.nn.linear(2, 2)) end,
          forward = function(self, value) return self.inner(value) * 2 end,
        }
        local twice = Twice()
        local made = coroutine.wrap(function()
          for i = 1, 3 do coroutine.yield(twice(x):sum():item() + i) end
        end)
        made(); made()
        local function counter()
          local n = 0
          return function() n = n + 1; return n end
        end
        local count = counter()
        for i = 1, 650 do
          kept[i] = { [count()] = i, name = "number " .. i }
          if i % 10 == 0 then
            kept[i].value = x * i
            pcall(hire.tensor.zeros, -1)
            pcall(error, { i })
          end
        end
        local text = hire.json.encode({ a = { 1, 2, { b = "c" } } }, { pretty = true })
        assert(hire.json.decode(text).a[3].b == "c")
        return #kept
        """

    /// What the script uses: describing all libraries would take more time than running it.
    private static let libraries = LibraryList.all.filter {
        ["", "tensor", "nn", "json"].contains($0.name)
    }

    @Test func memoryThatRunsOutIsAnError() throws {
        var finished = 0
        var failed = 0
        var allocations = 1
        while finished == 0, allocations < 40_000 {
            let host = TestHost()
            guard let state = try? LuaState(host: host, allocations: allocations) else {
                failed += 1
                allocations += 8
                continue
            }
            try state.install(Self.libraries)
            do {
                _ = try state.run(Self.script, name: "case.lua")
                finished += 1
            } catch let error as LuaError {
                failed += 1
                #expect(
                    error.message.contains("not enough memory"),
                    "\(allocations) allocations: \(error.message)")
            }
            state.close()
            #expect(state.liveObjects == 0, "\(allocations) allocations")
            #expect(state.luaBytes == 0, "\(allocations) allocations")
            #expect(host.context.backend.ledger.liveBytes == 0, "\(allocations) allocations")
            allocations += 1
        }
        print("\(failed) failures of memory, the script finished with \(allocations) allocations")
        #expect(finished == 1 && failed >= 2000)
    }
}
