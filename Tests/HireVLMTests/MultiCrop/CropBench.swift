import Builtin
import HireArray
import HireFiles
import HireImaging
import HireReference
import HireTensor
import HireVLM

/// Encoders whose features can be worked out by hand, and pictures whose pixels say where they are.
struct CropBench {
    let context: Context
    /// Side of a crop, in pixels.
    var side = 8
    /// Side of the encoder's grid.
    var grid = 4
    /// Side of the square high view, in pixels.
    var highResolution = 16
    /// Whether the encoder gives a class token, and how many more tokens in front.
    var prefix = 0

    init(_ context: Context = Context(backend: ReferenceBackend())) { self.context = context }

    var host: HostShape {
        HostShape(
            channels: 3, grid: SIMD2(grid, grid), prefixTokens: prefix, lowResolution: side,
            highResolution: highResolution,
            preprocessing: ImagePreprocessing(
                highResolution: highResolution, lowResolution: side, mean: [0, 0, 0],
                deviation: [1, 1, 1]), context: context)
    }

    func enricher(_ id: String, _ options: JSONObject = JSONObject()) throws -> any Enricher {
        try BuiltinPlugins.catalog().makeEnricher(PluginChoice(id, options), for: host)
    }

    /// Means of patches; the class token is a crop's mean, and further prefix tokens are 7.
    func encode(_ crops: Tensor) throws -> FeatureMap {
        let patch = side / grid
        let map = try crops.avgPool2d(kernel: SIMD2(patch, patch))
        if prefix == 0 { return try FeatureMap(map: map) }
        let mean = try map.mean(dims: [2, 3]).reshape([crops.shape[0], 1, 3])
        let others = try context.full([crops.shape[0], prefix - 1, 3], 7)
        return try FeatureMap(
            tokens: FeatureMap(map: map).tokens(), grid: SIMD2(grid, grid),
            prefix: prefix == 1 ? mean : Tensor.concat([mean, others], dim: 1))
    }

    /// A view [N, 3, R, R] whose channels are the row, the column and the number of the picture.
    func positions(_ batch: Int, side: Int? = nil) throws -> Tensor {
        let side = side ?? highResolution
        var values: [Float] = []
        for picture in 0..<batch {
            for channel in 0..<3 {
                for row in 0..<side {
                    values += (0..<side).map { Float([row, $0, picture][channel]) }
                }
            }
        }
        return try context.tensor(values, [batch, 3, side, side])
    }

    /// The input for views alone, or for pictures too.
    func input(
        _ high: Tensor, pictures: [Image]? = nil,
        encode: ((Tensor) throws -> FeatureMap)? = nil,
        project: @escaping (FeatureMap) throws -> Tensor = { try $0.sequence() }
    ) throws -> EnricherInput {
        let low = try host.preprocessing.lowView(of: high)
        return EnricherInput(
            base: try self.encode(low), image: ImageViews(high: high, low: low, pictures: pictures),
            encode: encode ?? self.encode, project: project)
    }

    /// A smooth picture with a different colour everywhere.
    func picture(_ width: Int, _ height: Int, seed: Int = 0) throws -> Image {
        var image = try Image(width: width, height: height)
        for y in 0..<height {
            for x in 0..<width {
                image[x, y] = Color(
                    UInt8(255 * x / max(width - 1, 1)), UInt8(255 * y / max(height - 1, 1)),
                    UInt8((17 * x + 31 * y + 50 * seed) % 256))
            }
        }
        return image
    }

    /// The sentence that something throws.
    static func sentence(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch { return "\(error)" }
    }
}
