import HireArray

extension PooledOperatorGeometry {
    /// Multiply-adds of the pulled form for one sample: each pooled token's window of weights goes back through the
    /// stages as one scalar map, of which only the part that can differ from zero is worked on.
    ///
    /// Per token and stage: the window's positions times the (2r+1)^2 taps, then the resize's adjoint (its taps, rows
    /// before columns) from the window grown by r onto the grid before.
    public var multiplyAdds: Int { (kernelMultiplyAdds + resizeMultiplyAdds).reduce(0, +) }

    /// Multiply-adds of the gradient: the windows are pulled again up to those of the first stage, the gradient is pushed
    /// along the same path up to the last stage's kernel, and each tap receives one product.
    public var gradientMultiplyAdds: Int {
        let (kernels, resizes) = (kernelMultiplyAdds, resizeMultiplyAdds)
        let pulled = kernels.dropFirst() + resizes.dropFirst()
        let pushed = resizes + kernels.dropLast()
        return (pulled + pushed + kernels).reduce(0, +)
    }

    /// Per stage.
    private var kernelMultiplyAdds: [Int] {
        let rows = windows(\.x)
        let columns = windows(\.y)
        return radii.indices.map { stage in
            let taps = (2 * radii[stage] + 1) * (2 * radii[stage] + 1)
            let positions =
                rows.map { $0[stage].own.count }.reduce(0, +)
                * columns.map { $0[stage].own.count }.reduce(0, +)
            return positions * taps
        }
    }

    /// Per stage; as many for the resize as for its adjoint.
    private var resizeMultiplyAdds: [Int] {
        let rows = windows(\.x)
        let columns = windows(\.y)
        return radii.indices.map { stage in
            let width = columns.map { $0[stage].grown.count }.reduce(0, +)
            let rowTaps = rows.map { $0[stage].taps }.reduce(0, +)
            let columnTaps = columns.map { $0[stage].taps }.reduce(0, +)
            let height = rows.map { $0[stage].before.count }.reduce(0, +)
            return rowTaps * width + height * columnTaps
        }
    }

    /// What one axis of a token's window is at a stage: the positions that hold weights, those after the kernel was
    /// spread by r, the taps of the resize that these touch, and the positions reached on the grid before.
    private struct Window {
        var own: Range<Int>
        var grown: Range<Int>
        var taps: Int
        var before: Range<Int>
    }

    /// The windows of each pooled position along one axis, per stage.
    private func windows(_ axis: KeyPath<SIMD2<Int>, Int>) -> [[Window]] {
        let grids = stages.map { $0[keyPath: axis] }
        let pool = AxisResampling.area(from: grids.last ?? 0, to: pooled[keyPath: axis])
        let resizes = grids.indices.map { stage in
            AxisResampling.bicubic(
                from: stage == 0 ? source[keyPath: axis] : grids[stage - 1], to: grids[stage])
        }
        return (0..<pool.outputLength).map { position in
            var own = pool.starts[position]..<pool.starts[position] + pool.weights[position].count
            var result: [Window] = []
            for stage in grids.indices.reversed() {
                let radius = radii[stage]
                let grown =
                    Swift.max(
                        own.lowerBound - radius, 0)..<Swift.min(
                        own.upperBound + radius, grids[stage])
                let resize = resizes[stage]
                let taps = grown.reduce(0) { $0 + resize.weights[$1].count }
                let low = grown.map { resize.starts[$0] }.min() ?? 0
                let high = grown.map { resize.starts[$0] + resize.weights[$0].count }.max() ?? 0
                result.append(Window(own: own, grown: grown, taps: taps, before: low..<high))
                own = low..<high
            }
            return result.reversed()
        }
    }
}
