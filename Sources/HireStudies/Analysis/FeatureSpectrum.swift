import HireArray
import HireTensor

/// Where the energy of feature maps lies among spatial frequencies.
///
/// Per picture and channel |F|^2 of the 2-D discrete Fourier transform, summed over channels and pictures. Frequencies
/// are in cycles per position, from -1/2 (the Nyquist frequency) to below 1/2, and a frequency's size is
/// sqrt(fy^2 + fx^2). The constant part (0, 0) is left out: it says nothing about detail.
public enum FeatureSpectrum {
    /// The share of the energy at frequencies above `cutoff` times Nyquist, from 0 to 1; 0 for constant maps.
    ///
    /// - Parameters:
    ///   - map: [N, C, H, W].
    ///   - cutoff: 0.5 is a quarter of a cycle per position. Along diagonals frequencies reach sqrt(2).
    public static func highFrequencyShare(_ map: Tensor, cutoff: Double = 0.5) throws -> Double {
        guard map.rank == 4, map.count > 0 else {
            throw ArrayError.shape(
                operation: "high frequencies", expected: "[N, C, H, W]", got: "\(map.shape)")
        }
        let (height, width) = (map.shape[2], map.shape[3])
        let (along, down) = (FourierTransform(width), FourierTransform(height))
        let values = try map.floats()
        let isHigh = (0..<height * width).map { index -> Bool in
            let fy = frequency(index / width, height)
            let fx = frequency(index % width, width)
            return (fy * fy + fx * fx).squareRoot() > cutoff / 2
        }
        let zeros = [Double](repeating: 0, count: width)
        var (high, all, constant) = (0.0, 0.0, 0.0)
        for plane in 0..<map.shape[0] * map.shape[1] {
            let rows = (0..<height).map { row in
                let start = (plane * height + row) * width
                return along(values[start..<start + width].map(Double.init), zeros)
            }
            for column in 0..<width {
                let (real, imaginary) = down(
                    rows.map { $0.real[column] }, rows.map { $0.imaginary[column] })
                for row in 0..<height {
                    let energy = real[row] * real[row] + imaginary[row] * imaginary[row]
                    if row + column == 0 {
                        constant += energy
                        continue
                    }
                    all += energy
                    if isHigh[row * width + column] { high += energy }
                }
            }
        }
        // What rounding leaves of a constant map is no detail.
        return all > 1e-24 * constant ? high / all : all.isNaN ? .nan : 0
    }

    /// Cycles per position of the k-th coefficient of so many (`numpy.fft.fftfreq`).
    private static func frequency(_ index: Int, _ length: Int) -> Double {
        Double(index < (length + 1) / 2 ? index : index - length) / Double(length)
    }
}
