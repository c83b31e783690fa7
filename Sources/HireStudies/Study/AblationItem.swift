import HireFiles
import HireVLM

/// An item of an ablation: a variant with everything that applies to it at one point of the grid.
struct AblationItem {
    let item: StudyItem
    /// The variant's place in the study's list, for messages.
    let place: Int
    let variant: Variant
    let evaluation: EvaluationOptions
    let seed: Int
}
