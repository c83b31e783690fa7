import CVectorShims
import HireArray

/// The projected guidance of the rows around one row, and the guidance of that row: what a strip of a joint bilateral stage
/// keeps while it goes down a sample.
///
/// Rows that reach beyond the picture are mirrored; each row is projected once per strip.
final class BilateralStageRows {
    let plan: BilateralStagePlan
    let sample: Int
    private let source: FloatPointer
    /// A row of guidance [g].
    let guidance: FloatPointer
    /// The hidden channels of the projection before and after GELU [key].
    let hidden, active: FloatPointer
    /// The projected rows [2r+1, key], each padded by the radius.
    private let ring: FloatPointer
    /// The rows of the window around the current row.
    let pictures: UnsafeMutablePointer<UnsafePointer<Float>>
    private let shifted: UnsafeMutablePointer<UnsafePointer<Float>>
    private var next = 0
    private let memory: NDArray

    /// Floats that it needs.
    static func size(_ plan: BilateralStagePlan) -> Int {
        (plan.guidance + 2 * plan.key + plan.side * plan.key) * plan.step + plan.margin
    }

    /// - Parameters:
    ///   - source: the sample's guidance.
    ///   - start: the first row that will be asked for.
    init(
        _ plan: BilateralStagePlan, sample: Int, source: FloatPointer, from start: Int,
        memory: NDArray
    ) {
        (self.plan, self.sample, self.source, self.memory) = (plan, sample, source, memory)
        guidance = memory.floatPointer
        hidden = guidance + plan.guidance * plan.step
        active = hidden + plan.key * plan.step
        ring = active + plan.key * plan.step
        memory.floatPointer.update(repeating: 0, count: Self.size(plan))
        pictures = .allocate(capacity: plan.side)
        pictures.initialize(repeating: UnsafePointer(ring), count: plan.side)
        shifted = .allocate(capacity: plan.side)
        shifted.initialize(repeating: UnsafePointer(ring), count: plan.side)
        next = max(0, start - plan.radius)
    }

    deinit {
        pictures.deallocate()
        shifted.deallocate()
    }

    /// A projected row, padded.
    func projected(_ row: Int) -> FloatPointer {
        ring + row % plan.side * plan.key * plan.step
    }

    /// Projects what the window of a row still lacks; rows are asked for in order.
    func advance(to row: Int) {
        while next <= min(plan.height - 1, row + plan.radius) {
            let place = projected(next)
            project(next)
            plan.product(plan.projection[1], active, columns: plan.width, into: place + plan.radius)
            for channel in 0..<plan.key {
                let line = place + channel * plan.step
                for x in 0..<plan.radius {
                    line[x] = line[plan.radius + plan.columns[x]]
                    let end = plan.radius + plan.width + x
                    line[end] = line[plan.radius + plan.columns[end]]
                }
            }
            next += 1
        }
        for i in 0..<plan.side {
            pictures[i] = UnsafePointer(
                projected(reflected(row + i - plan.radius, plan.height)))
        }
    }

    /// Reads a row's guidance and computes the hidden channels of its projection.
    func project(_ row: Int) {
        readGuidance(row, into: guidance)
        plan.product(plan.projection[0], guidance, columns: plan.width, into: hidden)
        plan.rows.gelu(
            hidden, Int64(plan.step), plan.projectionScales.map { $0 + sample * plan.key },
            Int64(plan.key), Int64(plan.width), active)
    }

    func readGuidance(_ row: Int, into target: FloatPointer) {
        for channel in 0..<plan.guidance {
            copyRow(
                source + channel * plan.plane + row * plan.width, target + channel * plan.step,
                plan.width)
        }
    }

    /// <P at each neighbour, P> of pixels `first` ..< `first + count` of a row, whose window was advanced to.
    @inline(__always)
    func dots(_ row: Int, first: Int, count: Int, into logits: FloatPointer) {
        for i in 0..<plan.side { shifted[i] = pictures[i] + first }
        plan.countWork(plan.key * plan.side * plan.side, pixels: count)
        plan.rows.dots(
            projected(row) + plan.radius + first, shifted, Int64(plan.step), Int64(plan.key),
            Int64(plan.side), Int64(count), logits, Int64(plan.step))
    }
}
