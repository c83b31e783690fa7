import CVectorShims
import HireArray

extension CPUBackend {
    /// The kernel of each pixel of guidance as one joint bilateral stage makes it, row by row.
    public func bilateralStage(
        _ guidance: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel,
        into out: NDArray
    ) {
        if out.count == 0 { return }
        let input = dense(guidance)
        let plan = BilateralStagePlan(input, arrays, kernel, rows: rowKernels, work: work)
        let strips = plan.strips(of: 32)
        let target = out.floatPointer
        parallelTasks(
            plan.batch * strips.count, cost: plan.batch * plan.plane * plan.pixelCost
        ) { task in
            let (sample, strip) = (task / strips.count, strips[task % strips.count])
            self.stageRows(
                plan, sample, strip,
                from: input.floatPointer + sample * plan.guidance * plan.plane,
                into: target + sample * plan.taps * plan.plane)
        }
        withExtendedLifetime(input) {}
    }

    /// One strip of rows of one sample.
    private func stageRows(
        _ plan: BilateralStagePlan, _ sample: Int, _ strip: Range<Int>,
        from source: FloatPointer, into out: FloatPointer
    ) {
        let (taps, step) = (plan.taps, plan.step)
        let size = BilateralStageRows.size(plan)
        let memory = temporary([size + (3 * taps + plan.guidance) * step + plan.margin])
        let rows = BilateralStageRows(
            plan, sample: sample, source: source, from: strip.lowerBound, memory: memory)
        let both = memory.floatPointer + size
        both.update(repeating: 0, count: (taps + plan.guidance) * step)
        let hidden = both + (taps + plan.guidance) * step
        let result = hidden + taps * step
        let scales = plan.fixupScales.map { $0 + sample * taps }
        for row in strip {
            rows.advance(to: row)
            rows.readGuidance(row, into: both + taps * step)
            plan.forEachBlock { first, count in
                let (kernel, inner) = (both + first, hidden + first)
                rows.dots(row, first: first, count: count, into: kernel)
                plan.rows.softmax(
                    kernel, Int64(step), Int64(taps), plan.heat, plan.spatial, Int64(count), nil,
                    kernel)
                plan.product(plan.fixup[0], kernel, columns: count, into: inner)
                plan.rows.gelu(inner, Int64(step), scales, Int64(taps), Int64(count), inner)
                plan.product(
                    plan.fixup[1], inner, columns: count, add: kernel, into: result + first)
            }
            for tap in 0..<taps {
                copyRow(
                    result + tap * step, out + tap * plan.plane + row * plan.width, plan.width)
            }
        }
    }
}
