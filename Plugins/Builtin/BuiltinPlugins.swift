import CLIPVision
import DINOv2Vision
import EasyVQATask
import FeatUpEnricher
import HireEnricher
import HireVLM
import InterpolationEnricher
import LiFTEnricher
import Llama
import MLPProjector
import MultiCropEnricher
import NoneEnricher
import S2Enricher
import ShapesTask
import SmallVisionTransformer
import SubwordTokenizer
import WordTokenizer

/// THE list of Swift plugins: what stands here is in the program.
public enum BuiltinPlugins {
    /// Every plugin, in the order of tables.
    public static let all: [any Plugin.Type] = [
        SmallVisionTransformerPlugin.self,
        CLIPVisionPlugin.self,
        DINOv2VisionPlugin.self,
        NoneEnricherPlugin.self,
        InterpolationEnricherPlugin.self,
        HireEnricherPlugin.self,
        FeatUpEnricherPlugin.self,
        LiFTEnricherPlugin.self,
        S2EnricherPlugin.self,
        MultiCropEnricherPlugin.self,
        MLPProjectorPlugin.self,
        LlamaPlugin.self,
        WordTokenizerPlugin.self,
        SubwordTokenizerPlugin.self,
        EasyVQATaskPlugin.self,
        ShapesTaskPlugin.self,
    ]

    /// A catalogue of all of them.
    ///
    /// - Throws: `PluginError.duplicate` if two share an id.
    public static func catalog() throws -> PluginCatalog {
        var catalog = PluginCatalog()
        for plugin in all { try plugin.register(in: &catalog) }
        return catalog
    }
}
