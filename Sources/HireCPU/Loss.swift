import HireArray

#if canImport(Glibc)
    import Glibc
#endif

extension CPUBackend {
    /// Cross-entropy per row of logits [n, classes] with targets (int32, [n]), 0 for ignored rows; saves softmax.
    public func crossEntropy(
        _ logits: NDArray, _ targets: NDArray, ignoreIndex: Int, into losses: NDArray,
        probabilities: NDArray
    ) {
        if probabilities.count == 0 { return }
        copy(logits, into: probabilities)
        let classes = probabilities.shape[1]
        let labels = dense(targets)
        let list = labels.pointer(as: Int32.self)
        let rows = probabilities.floatPointer
        let out = losses.floatPointer
        parallel(probabilities.shape[0], grain: max(1, Self.dearGrain / classes)) { range in
            for index in range {
                let row = rows + index * classes
                let label = Int(list[index])
                let top = rowMaximum(row, classes)
                var correct: Float = 0
                if label != ignoreIndex {
                    if label < 0 || label >= classes {
                        fatalError(
                            "crossEntropy was given target \(label), outside 0..<\(classes).")
                    }
                    correct = row[label]
                }
                var total = Vector.zero
                forEachVector(classes) { position, length in
                    let value = VectorMath.exp(loadPartial(row + position, length) - top)
                    storePartial(value, row + position, length)
                    total += length == lanes ? value : maskTail(value, length)
                }
                let sum = laneSum(total)
                out[index] = label == ignoreIndex ? 0 : logf(sum) + (top - correct)
                let scale = splat(1 / sum)
                forEachVector(classes) { position, length in
                    storePartial(
                        loadPartial(row + position, length) * scale, row + position, length)
                }
            }
        }
        withExtendedLifetime(labels) {}
    }

    /// Gradient of `crossEntropy`, given d loss per row.
    public func crossEntropyGradient(
        _ probabilities: NDArray, _ targets: NDArray, ignoreIndex: Int, _ gradient: NDArray,
        into out: NDArray
    ) {
        if out.count == 0 { return }
        let classes = out.shape[1]
        let (labels, input, slopes) = (dense(targets), dense(probabilities), dense(gradient))
        let list = labels.pointer(as: Int32.self)
        let (rows, scales, target) = (input.floatPointer, slopes.floatPointer, out.floatPointer)
        parallel(out.shape[0], grain: max(1, Self.cheapGrain / classes)) { range in
            for index in range {
                let place = target + index * classes
                let label = Int(list[index])
                if label == ignoreIndex {
                    place.update(repeating: 0, count: classes)
                    continue
                }
                let scale = splat(scales[index])
                forEachVector(classes) { position, length in
                    storePartial(
                        loadPartial(rows + index * classes + position, length) * scale,
                        place + position, length)
                }
                place[label] -= scales[index]
            }
        }
        withExtendedLifetime((labels, input, slopes)) {}
    }
}
