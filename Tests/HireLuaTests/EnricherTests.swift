import Builtin
import HireFiles
import HireImaging
import HireLua
import HireNN
import HireTensor
import HireTestSupport
import HireVLM
import Testing

@Suite struct EnricherTests {
    private static let source = """
        local hire = require "hire"
        return hire.enricher {
          id = "lite", summary = "For the test.", config = { width = 4, radius = 1 },
          new = function(self, config, host)
            self.range = self:child("range", hire.nn.conv2d(3, config.width, { kernel = 1 }))
            self.stage = self:child("stage", hire.nn.jbu_stage { guidance = config.width, radius = config.radius })
            self.output_channels = 2 * host.channels
          end,
          forward = function(self, input)
            return input.base:concat(self.stage:pooled(input.base, self.range(input.image.high)))
          end,
        }
        """

    private func state(_ host: TestHost) throws -> LuaState {
        let state = try LuaState(host: host)
        try state.install(LibraryList.all)
        return state
    }

    private func shape(_ context: Context) -> HostShape {
        HostShape(
            channels: 6, grid: [4, 4], lowResolution: 8, highResolution: 16, context: context)
    }

    private func input(_ context: Context) throws -> EnricherInput {
        let source = context.stream("input")
        let high = try context.uniform([2, 3, 16, 16], low: -1, high: 1, from: source)
        let low = try context.uniform([2, 3, 8, 8], low: -1, high: 1, from: source.named("low"))
        let base = try FeatureMap(
            map: context.uniform([2, 6, 4, 4], low: -1, high: 1, from: source.named("base")))
        return EnricherInput(
            base: base, image: ImageViews(high: high, low: low), encode: { _ in base })
    }

    @Test func aPluginFileMakesAnEnricherLikeAnyOther() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/lite.lua"
        try AtomicWriter().write(Self.source, to: path)
        let host = TestHost()
        let state = try state(host)
        try LuaPluginLoader().load(path, into: state)
        #expect(try host.catalog.entry(.enricher, "lite").manifest.origin == path)
        let choice = PluginChoice("lite", ["width": 5])
        let enricher = try host.catalog.makeEnricher(choice, for: shape(host.context))
        #expect(enricher.outputChannels == 12)
        let names = enricher.parameters().map(\.path)
        #expect(names.contains("range.weight") && names.contains("stage.range_proj.0.weight"))
        let input = try input(host.context)
        let output = try enricher(input)
        #expect(output.channels == 12 && output.grid == [4, 4])
        try output.map().square().mean().backward()
        for (path, parameter) in enricher.parameters() {
            #expect(parameter.gradient != nil, "no gradient reaches \(path)")
        }
        var captured: [String] = []
        let handle = try enricher.capture(["stage.kernel"]) { name, _ in captured.append(name) }
        _ = try enricher(input)
        handle.cancel()
        #expect(captured == ["stage.kernel"])
        enricher.train(false)
        let copy = try host.catalog.makeEnricher(choice, for: shape(host.context))
        try copy.load(try enricher.stateDict())
        copy.train(false)
        #expect(try copy(input).map().floats() == enricher(input).map().floats())
        // The same code without numbers, for costs.
        let shapes = host.shapesContext()
        let dry = try host.catalog.makeEnricher(choice, for: shape(shapes))
        #expect(try dry(self.input(shapes)).channels == 12)
        #expect(dry.parameterCount == enricher.parameterCount)
    }

    /// More tokens than the grid has places, and the projector and the pictures at hand.
    @Test func enrichersInLuaMayGiveMoreTokens() throws {
        let host = TestHost()
        let state = try state(host)
        try state.run(
            """
            local hire = require "hire"
            local function define(id, more)
              hire.enricher({
                id = id, summary = "Looks again.",
                new = function(self, config, host)
                  self.output_tokens = (1 + more) * host.grid[1] * host.grid[2] + host.prefix_tokens
                end,
                forward = function(self, input)
                  local seen = input.encode(input.image.low)
                  assert(input.project(seen):shape()[2] == seen.token_count)
                  local pictures = input.image.pictures
                  assert(pictures == nil or (#pictures == 2 and pictures[1].width == 5))
                  local all = input.base:append(seen:tokens())
                  assert(all:sequence():shape()[2] == 32 and all.token_count == 32)
                  return all
                end,
              }):register()
            end
            define("closer", 1)
            define("boaster", 2)
            """, name: "closer.lua")
        let closer = try host.catalog.makeEnricher(PluginChoice("closer"), for: shape(host.context))
        #expect(closer.outputTokens == 32)
        let plain = try input(host.context)
        let pictures = try (0..<2).map { _ in try Image(width: 5, height: 4) }
        for views in [
            plain.image,
            ImageViews(high: plain.image.high, low: plain.image.low, pictures: pictures),
        ] {
            let output = try closer(
                EnricherInput(
                    base: plain.base, image: views, encode: plain.encode,
                    project: { try $0.sequence() }))
            #expect(output.tokenCount == 32 && output.grid == [4, 4])
        }
        let boaster = try host.catalog.makeEnricher(
            PluginChoice("boaster"), for: shape(host.context))
        do {
            _ = try boaster(
                EnricherInput(
                    base: plain.base, image: plain.image, encode: plain.encode,
                    project: { try $0.sequence() }))
            Issue.record("A broken promise was accepted.")
        } catch {
            #expect("\(error)".contains("promised 48 tokens and gave 32"), "\(error)")
        }
    }

    @Test func brokenPluginsAreLoud() throws {
        let folder = try TemporaryFolder()
        let host = TestHost()
        let state = try state(host)
        let cases = [
            ("return 5", "must return hire.enricher"), ("error('oh')", "broken.lua:1: oh"),
            ("x = = 1", "broken.lua:1:"),
            (
                "return require('hire').enricher { id = 'a b', summary = 's', forward = print }",
                "letters, digits"
            ),
            (
                "return require('hire').enricher { id = 'a', sumary = 's' }",
                "did you mean 'summary'"
            ),
        ]
        let path = folder.path + "/broken.lua"
        for (source, expected) in cases {
            try AtomicWriter().write(source, to: path)
            do {
                try LuaPluginLoader().load(path, into: state)
                Issue.record("\(source) was accepted.")
            } catch let error as LuaError {
                #expect(
                    error.message.lowercased().contains(expected.lowercased()), "\(error.message)")
                #expect(error.message.contains(path))
            }
        }
        try AtomicWriter().write(Self.source, to: path)
        try LuaPluginLoader().load(path, into: state)
        #expect(throws: LuaError.self) { try LuaPluginLoader().load(path, into: state) }
    }

    @Test func errorsInForwardNameTheFileTheLineAndThePath() throws {
        let host = TestHost()
        let state = try state(host)
        try state.run(
            """
            local hire = require "hire"
            hire.enricher({ id = "bad", summary = "Fails.", forward = function(self, input)
              return input.base.nothing
            end }):register()
            hire.enricher({ id = "liar", summary = "Gives too much.", forward = function(self, input)
              return input.base:concat(input.base)
            end }):register()
            """, name: "bad.lua")
        let root = ModuleListForTest()
        let bad = try host.catalog.makeEnricher(PluginChoice("bad"), for: shape(host.context))
        try root.scope.addChild("enricher", bad)
        do {
            _ = try bad(try input(host.context))
            Issue.record("No error.")
        } catch {
            let report = ErrorReport(error)
            #expect(report.message.contains("enricher: bad.lua:3: "), "\(report.message)")
            #expect(report.path == "enricher")
        }
        let liar = try host.catalog.makeEnricher(PluginChoice("liar"), for: shape(host.context))
        #expect(throws: (any Error).self) { try liar(try self.input(host.context)) }
    }

    private final class ModuleListForTest: Module {
        let scope = ModuleScope()
    }
}
