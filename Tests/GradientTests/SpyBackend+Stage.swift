import HireArray

extension SpyBackend {
    func bilateralStage(
        _ guidance: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel,
        into out: NDArray
    ) {
        ran("bilateralStage")
        base.bilateralStage(guidance, arrays, kernel, into: out)
    }

    func bilateralStageGradient(
        _ guidance: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel,
        _ gradient: NDArray, into out: NDArray?, arrayGradients: BilateralStageArrays
    ) {
        ran("bilateralStageGradient")
        base.bilateralStageGradient(
            guidance, arrays, kernel, gradient, into: out, arrayGradients: arrayGradients)
    }
}
