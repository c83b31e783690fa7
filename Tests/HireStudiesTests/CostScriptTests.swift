import Builtin
import HireLua
import HireStudies
import HireTestSupport
import HireVLM
import Testing

/// `hire.cost` for what scripts define themselves.
struct CostScriptTests {
    private func run(_ source: String) throws -> [ScriptValue] {
        var values: [ScriptValue] = []
        try withTemporaryFolder { folder in
            let state = try LuaState(host: ScriptHostForTests(folder))
            try state.install(LibraryList.all)
            try state.run("hire = require 'hire'", name: "setup.lua")
            values = try state.run(source, name: "case.lua")
        }
        return values
    }

    /// A module written in Lua is counted as its parts are, by path and with what nobody reads left out.
    @Test func aModuleInLuaIsCounted() throws {
        let values = try run(
            """
            local cost = hire.cost.count(function()
              local Block = hire.module {
                new = function(self)
                  self.up = self:child("up", hire.nn.linear(8, 32))
                  self.down = self:child("down", hire.nn.linear(32, 8))
                end,
                forward = function(self, x)
                  local unused = self.up(x)
                  return self.down(self.up(x):relu())
                end,
              }
              return Block()(hire.tensor.zeros { 5, 8 })
            end, { depth = 3 })
            local names = {}
            for _, module in ipairs(cost.modules) do names[module.module] = module.macs end
            return cost.macs, names.up, names.down, cost.flops
            """)
        guard case .integer(let macs)? = values.first, case .integer(let up) = values[1],
            case .integer(let down) = values[2], case .integer(let flops) = values[3]
        else {
            Issue.record("\(values)")
            return
        }
        #expect(macs == 2 * 5 * 8 * 32 && up == 5 * 8 * 32 && down == up && flops == 2 * macs)
    }

    @Test func readingAValueNamesTheLine() throws {
        for (source, expected) in [
            (
                "hire.cost.count(function()\n local x = hire.tensor.zeros { 2 }\n return x * x:sum():item()\nend)",
                "case.lua:3"
            ),
            ("hire.cost.count(function() return 1 end)", "at least one tensor"),
            ("hire.cost.table1 { convention = 'fvcor' }", "'fvcore'"),
            ("hire.cost.model({ enricher = 'hrie' })", "'hire'"),
            (
                "hire.picture.pca({ hire.tensor.randn { 1, 4, 3, 3 } })[1][1]:save(hire.output_folder() .. '/a.svg')",
                "only plots"
            ),
        ] {
            do {
                _ = try run(source)
                Issue.record("\(source) was accepted.")
            } catch let error as LuaError {
                #expect("\(error)".contains(expected), "\(source): \(error)")
            }
        }
    }
}
