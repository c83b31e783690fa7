import CVectorShims
import HireArray

/// Maps [N, groups * channels, H, W] of which a convolution reads one after the other as one map.
struct ChannelSource {
    let pointer: FloatPointer
    /// Channels per group.
    let channels: Int
}

/// What happens to each channel of a convolution's sums before they are written.
struct ChannelFinish {
    /// Added first.
    var bias: FloatPointer?
    /// Multiplied with, and added to, what that gives.
    var scale, shift: FloatPointer?
    /// Whether negative numbers become zero.
    var relu = false

    /// Finishes a row of one channel.
    @inline(__always)
    func row(_ channel: Int, _ from: FloatPointer, into to: FloatPointer, _ width: Int) {
        hire_finish_row(
            from, Int64(width), bias?[channel] ?? 0, scale == nil ? 0 : 1, scale?[channel] ?? 1,
            shift?[channel] ?? 0, relu ? 1 : 0, to)
    }
}

extension CPUBackend {
    /// A convolution of stride 1 without `im2col`; `weight` gives the number for a group, one of its outputs and a
    /// column (channel and tap).
    func convolveDirect(
        _ direct: DirectConvolution, batch: Int, groups: Int, _ sources: [ChannelSource],
        outputs: Int, _ finish: ChannelFinish, into target: FloatPointer,
        _ weight: (_ group: Int, _ output: Int, _ column: Int) -> Float
    ) {
        let inputs = sources.reduce(0) { $0 + $1.channels }
        let columns = inputs * direct.shifts.count
        let blocks = DirectConvolution.blocks(outputs)
        let packed = (0..<groups).map { group in
            DirectConvolution.pack(blocks, columns: columns) { weight(group, $0, $1) }
        }
        defer { for pointer in packed { pointer.deallocate() } }
        let inputPlane = direct.inputHeight * direct.inputWidth
        let outputPlane = direct.outputHeight * direct.outputWidth
        let pieces = max(1, threads * 2 / max(1, batch * groups))
        let band = direct.bandRows(channels: inputs, pieces: pieces)
        let bands = (direct.outputHeight + band - 1) / band
        let width = direct.outputWidth
        let cost = batch * groups * outputs * columns * outputPlane
        parallelTasks(batch * groups * bands, cost: cost, threshold: 200_000) { task in
            let index = task / bands
            let group = index % groups
            let first = task % bands * band
            let rows = min(band, direct.outputHeight - first)
            let planeSize = direct.planeSize(rows: rows)
            let planes = scratch(inputs * planeSize)
            let flat = roundUp((rows - 1) * direct.rowLength + width, to: DirectConvolution.pixels)
            let result = scratch(flat * DirectConvolution.channels)
            defer {
                planes.deallocate()
                result.deallocate()
            }
            var place = planes
            for source in sources {
                direct.pad(
                    source.pointer + index * source.channels * inputPlane,
                    channels: source.channels, first: first, rows: rows, into: place,
                    step: planeSize, size: planeSize)
                place += source.channels * planeSize
            }
            let corner = target + index * outputs * outputPlane + first * width
            var weights = packed[group]
            for block in blocks {
                work?.add(block.count * inputs * direct.shifts.count * rows * width)
                direct.run(
                    planes, planeSize: planeSize, inputs: inputs, channels: block.count,
                    weights: weights, pixels: flat, into: result)
                for (lane, output) in block.enumerated() {
                    for row in 0..<rows {
                        finish.row(
                            group * outputs + output, result + lane * flat + row * direct.rowLength,
                            into: corner + output * outputPlane + row * width, width)
                    }
                }
                weights += DirectConvolution.filled(block) * columns
            }
        }
    }
}
