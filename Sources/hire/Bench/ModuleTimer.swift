import Foundation
import HireTensor

/// Adds up seconds and multiply-adds by part of one module, as a context's observer.
///
/// Kernels are reported when they are done, so the time since the report before belongs to the one reported. A part is
/// the first name of the path of the module that made the call (`unet`), or the operation's name with spaces where the
/// module itself made it (`pooled operator`).
final class ModuleTimer: OpObserver {
    /// What one part took.
    struct Part {
        var seconds = 0.0
        var backwardSeconds = 0.0
        var multiplyAdds = 0
    }

    /// The parts in the order of their first call.
    private(set) var parts: [(name: String, part: Part)] = []
    /// Forward multiply-adds altogether.
    private(set) var multiplyAdds = 0
    private var before: UInt64

    init() { before = DispatchTime.now().uptimeNanoseconds }

    /// Starts the clock, so that what came before belongs to no part.
    func start() { before = DispatchTime.now().uptimeNanoseconds }

    func observe(_ call: OpCall) {
        let now = DispatchTime.now().uptimeNanoseconds
        let seconds = Double(now - before) / 1e9
        before = now
        let name =
            call.modulePath.split(separator: ".").first.map(String.init)
            ?? call.name.replacing("_", with: " ")
        let index = parts.firstIndex { $0.name == name } ?? parts.count
        if index == parts.count { parts.append((name, Part())) }
        if call.isBackward {
            parts[index].part.backwardSeconds += seconds
        } else {
            parts[index].part.seconds += seconds
            parts[index].part.multiplyAdds += call.multiplyAdds
            multiplyAdds += call.multiplyAdds
        }
    }
}
