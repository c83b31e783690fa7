import Foundation
import HireTensor

/// What the machine reaches in products of matrices, against which other work is measured.
enum MatrixRate {
    /// Thousand million multiply-adds per second in the fastest of several products of 1024 x 1024 matrices.
    static func measure(in context: Context) throws -> Double {
        let side = 1024
        let a = try context.normal(
            [side, side], mean: 0, deviation: 1, from: context.random.named("rate"))
        var fastest = Double.infinity
        try context.withoutGradients {
            for _ in 0..<8 {
                let begin = DispatchTime.now().uptimeNanoseconds
                _ = try a.matmul(a)
                let end = DispatchTime.now().uptimeNanoseconds
                fastest = min(fastest, Double(end - begin) / 1e9)
            }
        }
        return Double(side * side * side) / fastest / 1e9
    }
}
