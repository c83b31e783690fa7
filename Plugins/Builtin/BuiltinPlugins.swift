import BicubicEnricher
import EasyVQATask
import HireEnricher
import HireVLM
import MLPProjector
import NoneEnricher
import ShapesTask
import SmallLlama
import SmallVisionTransformer
import SubwordTokenizer
import WordTokenizer

/// THE list of Swift plugins: what stands here is in the program.
public enum BuiltinPlugins {
    /// Every plugin, in the order of tables.
    public static let all: [any Plugin.Type] = [
        SmallVisionTransformerPlugin.self,
        NoneEnricherPlugin.self,
        BicubicEnricherPlugin.self,
        HireEnricherPlugin.self,
        MLPProjectorPlugin.self,
        SmallLlamaPlugin.self,
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
