import Foundation

/// The factor on learning rates over the steps; warm-up is linear from 0, as in Hugging Face's `get_scheduler`.
public enum Schedule: Sendable, Equatable {
    /// 1 after the warm-up.
    case constant(warmup: Int = 0)
    /// From 1 to `finalFraction` in a straight line over the steps after the warm-up.
    case linear(steps: Int, warmup: Int = 0, finalFraction: Double = 0)
    /// From 1 to `finalFraction` along half a cosine over the steps after the warm-up.
    case cosine(steps: Int, warmup: Int = 0, finalFraction: Double = 0)

    /// Half a cosine whose warm-up is a share of all steps, rounded up (`warmup_ratio`).
    public static func cosine(
        steps: Int, warmupRatio: Double, finalFraction: Double = 0
    ) -> Schedule {
        .cosine(
            steps: steps, warmup: Int((warmupRatio * Double(steps)).rounded(.up)),
            finalFraction: finalFraction)
    }

    /// The factor for the step numbered from 0: the first step of a warm-up has factor 0, as in Hugging Face.
    public func factor(step: Int) -> Double {
        switch self {
        case .constant(let warmup):
            return step < warmup ? Double(step) / Double(warmup) : 1
        case .linear(let steps, let warmup, let final):
            if step < warmup { return Double(step) / Double(warmup) }
            let progress = Self.progress(step, steps, warmup)
            return final + (1 - final) * (1 - progress)
        case .cosine(let steps, let warmup, let final):
            if step < warmup { return Double(step) / Double(warmup) }
            let progress = Self.progress(step, steps, warmup)
            return final + (1 - final) * 0.5 * (1 + cos(.pi * progress))
        }
    }

    /// How far the steps after the warm-up have come, from 0 to 1.
    private static func progress(_ step: Int, _ steps: Int, _ warmup: Int) -> Double {
        min(1, Double(step - warmup) / Double(max(1, steps - warmup)))
    }
}
