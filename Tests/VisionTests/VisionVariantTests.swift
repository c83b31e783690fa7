import Builtin
import Foundation
import HireFiles
import HireNN
import HireShapes
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// The published models at their real size, without numbers: parameters as transformers counts them, and shapes.
@Suite struct VisionVariantTests {
    static let counts: JSONObject = {
        let bytes =
            (try? Data(contentsOf: URL(filePath: goldenPath("vision/counts.json")))) ?? Data()
        let json = try? JSONParser.parse([UInt8](bytes), source: "counts.json")
        guard case .object(let object)? = json else { return JSONObject() }
        return object
    }()

    struct Variant: Sendable, CustomStringConvertible {
        let id: String
        let name: String
        let total: Int
        let block: Int
        let finalNorm: Int
        let neverBuilt: Int
        var description: String { "\(id) \(name)" }
    }

    static let variants: [Variant] = counts.members.flatMap { id, table in
        guard case .object(let models) = table else { return [Variant]() }
        return models.members.compactMap { name, entry in
            guard case .object(let object) = entry else { return nil }
            func number(_ key: String) -> Int {
                if case .integer(let value)? = object[key] { Int(value) } else { -1 }
            }
            return Variant(
                id: id, name: name, total: number("total"), block: number("block"),
                finalNorm: number("final_norm"), neverBuilt: number("never_built"))
        }
    }

    private func made(_ variant: Variant, _ options: JSONObject = [:]) throws -> any VisionEncoder {
        try BuiltinPlugins.catalog().makeEncoder(
            PluginChoice(variant.id, ["variant": .string(variant.name)] + options),
            in: Context(backend: ShapesBackend()))
    }

    @Test func allAreThere() {
        #expect(Self.variants.count == 18)
        #expect(Self.variants.allSatisfy { $0.total > 0 && $0.block > 0 && $0.finalNorm > 0 })
    }

    @Test(arguments: variants) func parametersAreThoseOfTransformers(_ variant: Variant) throws {
        let whole = try made(variant, ["select_layer": -1, "final_norm": true])
        #expect(whole.parameterCount == variant.total - variant.neverBuilt)
        let usual = try made(variant)
        #expect(
            usual.parameterCount
                == variant.total - variant.neverBuilt - variant.finalNorm - variant.block)
    }

    @Test(arguments: variants) func shapesComeOutAtTheirResolution(_ variant: Variant) throws {
        let context = Context(backend: ShapesBackend())
        for resolution in [0, 672] {
            let encoder = try BuiltinPlugins.catalog().makeEncoder(
                PluginChoice(
                    variant.id,
                    [
                        "variant": .string(variant.name),
                        "resolution": .integer(Int64(resolution)),
                    ]), in: context)
            let side = encoder.resolution
            let features = try encoder(context.zeros([1, 3, side, side]))
            #expect(features.grid == encoder.grid && features.channels == encoder.channels)
            #expect(try features.tokens().shape[1] == encoder.grid.x * encoder.grid.y)
        }
    }

    /// The table of the published sizes (millions): what a reader compares with papers.
    @Test func totalsAreThePublishedOnes() throws {
        let published = [
            "ViT-L-14": 303.2, "ViT-L-14-336": 303.5, "ViT-H-14": 630.8, "ViT-g-14": 1011,
            "ViT-bigG-14": 1843,
        ]
        for variant in Self.variants {
            guard let millions = published[variant.name] else { continue }
            let encoder = try made(variant, ["select_layer": -1, "final_norm": true])
            #expect(abs(Double(encoder.parameterCount) / 1e6 - millions) < 0.5, "\(variant)")
        }
    }
}
