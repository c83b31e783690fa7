import HireArray

extension CPUBackend {
    /// Gradients of `bilateralStage`; everything between is computed again, row by row.
    public func bilateralStageGradient(
        _ guidance: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel,
        _ gradient: NDArray, into out: NDArray?, arrayGradients: BilateralStageArrays
    ) {
        let targets = arrayGradients.all
        for target in targets { fill(target, 0) }
        if gradient.count == 0 {
            out.map { fill($0, 0) }
            return
        }
        let (input, slopes) = (dense(guidance), dense(gradient))
        let job = BilateralStageGradientJob(
            plan: BilateralStagePlan(input, arrays, kernel, rows: rowKernels, work: work),
            arrays: arrays,
            source: input.floatPointer, slopes: slopes.floatPointer, target: out?.floatPointer)
        let plan = job.plan
        let strips = plan.strips(of: 48)
        let tasks = plan.batch * strips.count
        // Each strip has sums of its own, which are added in order: the bits do not depend on who computes what.
        let sums = temporary([tasks, job.sumSize])
        parallelTasks(tasks, cost: 3 * plan.batch * plan.plane * plan.pixelCost) { task in
            let strip = strips[task % strips.count]
            let memory = self.temporary([BilateralStageGradientStrip.size(job)])
            BilateralStageGradientStrip(
                job, sample: task / strips.count, strip: strip, memory: memory,
                sums: sums.floatPointer + task * job.sumSize
            ).run()
        }
        var first = 0
        for (position, target) in targets.enumerated() {
            // The last two are summed in sixteen lanes.
            let lanes = position < targets.count - 2 ? 1 : 16
            let place = target.floatPointer
            for element in 0..<target.count {
                var total = 0.0
                for task in 0..<tasks {
                    let start = sums.floatPointer + task * job.sumSize + first + element * lanes
                    for lane in 0..<lanes { total += Double(start[lane]) }
                }
                place[element] = Float(total)
            }
            first += target.count * lanes
        }
        withExtendedLifetime((input, slopes)) {}
    }
}

/// What one call of `bilateralStageGradient` reads and writes.
final class BilateralStageGradientJob {
    let plan: BilateralStagePlan
    let source, slopes: FloatPointer
    let target: FloatPointer?
    /// Transposed weights: of the projection's second layer and first, of the correction's second (times its share) and of
    /// its first, split into the kernel's columns and the guidance's.
    let projectionBack: [BilateralStagePlan.Weights]
    let fixupBack: [BilateralStagePlan.Weights]

    init(
        plan: BilateralStagePlan, arrays: BilateralStageArrays, source: FloatPointer,
        slopes: FloatPointer, target: FloatPointer?
    ) {
        (self.plan, self.source, self.slopes, self.target) = (plan, source, slopes, target)
        let (key, taps, guidance) = (plan.key, plan.taps, plan.guidance)
        projectionBack = [
            plan.transposed(arrays.projection.secondWeight, columns: 0..<key),
            plan.transposed(arrays.projection.firstWeight, columns: 0..<guidance),
        ]
        fixupBack = [
            plan.transposed(
                arrays.fixup.secondWeight, columns: 0..<taps, factor: plan.correction),
            plan.transposed(arrays.fixup.firstWeight, columns: 0..<taps),
            plan.transposed(arrays.fixup.firstWeight, columns: taps..<taps + guidance),
        ]
    }

    /// Floats of one strip's sums: all weights and biases, then sixteen lanes each of temperature and taps.
    var sumSize: Int {
        let (key, taps, guidance) = (plan.key, plan.taps, plan.guidance)
        return key * (guidance + key + 2) + taps * (guidance + 2 * taps + 2) + 16 * (1 + taps)
    }
}
