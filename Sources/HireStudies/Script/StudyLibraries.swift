import HireVLM

/// What this layer gives to scripts, in the order of the manual.
public enum StudyLibraries {
    /// The libraries.
    public static let all = [
        ImageLibrary.library, TokenizerLibrary.library, SafetensorsLibrary.library,
        TaskLibrary.library, PluginLibrary.library, PipelineLibrary.library, TrainLibrary.library,
        EvaluateLibrary.library, StudyLibrary.library, RunLibrary.library, CostLibrary.library,
        PictureLibrary.library,
        AnalysisLibrary.library, TableLibrary.library,
    ]
}
