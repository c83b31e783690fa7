import HireArray
import HireReference
import HireShapes
import HireTensor
import Testing

/// The caller's mistakes, in sentences; and how tensors print.
struct MessageTests {
    let context = Context(backend: ReferenceBackend())

    private func message(_ body: () throws -> Tensor) -> String {
        do {
            _ = try body()
            return "nothing was thrown"
        } catch { return "\(error)" }
    }

    @Test func shapesThatDoNotFitAreNamed() throws {
        let x = try context.zeros([2, 3])
        #expect(
            message { try x + context.zeros([4]) }
                == "add: expected shapes that broadcast (equal, or 1, on each axis from the right), "
                + "got [2, 3] and [4].")
        #expect(
            message { try x.matmul(x) }
                == "matmul: expected [..., m, k] and [..., k, n] with equal k, got [2, 3] and [2, 3]."
        )
        #expect(
            message { try x.linear(context.zeros([4, 5])) }
                == "linear: expected [..., in] and a weight of shape [out, in], got [2, 3] and [4, 5]."
        )
        #expect(
            message { try x.linear(context.zeros([4, 3]), context.zeros([3])) }
                == "linear: expected a bias of shape [4], got [3].")
        #expect(
            message { try x.conv2d(context.zeros([1, 1, 1, 1])) }
                == "conv2d: expected 4 dimensions [N, C, H, W], got [2, 3].")
        #expect(
            message { try context.zeros([1, 3, 2, 2]).conv2d(context.zeros([1, 3, 5, 5])) }
                == "conv2d: expected a padded map that holds the window 5x5, got [1, 3, 2, 2].")
        #expect(
            message { try x.permute([0, 0]) }
                == "permute: dims must be each of the 2 dimensions exactly once, got [0, 0].")
        #expect(message { try x.sum(dims: [2]) } == "sum: dimension 2 is outside -2...1.")
        #expect(message { try x.slice(1, 0, 4) } == "slice: end 4 is outside -3...3.")
        #expect(
            message { try x.pad2d(2, 0, 0, 0, mode: .reflect) }
                == "pad: a reflected border must be smaller than the extent 2, got 2.")
    }

    @Test func indicesAreChecked() throws {
        let table = try context.zeros([5, 2])
        #expect(
            message { try Tensor.embedding(table, context.tensor([Int32(0), 5], [2])) }
                == "embedding: index 5 is outside 0..<5.")
        #expect(
            message { try table.indexSelect(dim: 1, context.tensor([Int32(-1)], [1])) }
                == "index_select: index -1 is outside 0..<2.")
        #expect(
            message { try table.indexSelect(dim: 0, context.zeros([1])) }
                == "index_select: expected dtype i32 for indices, got f32.")
        #expect(
            message { try table.crossEntropy(context.tensor([Int32](repeating: 2, count: 5), [5])) }
                == "cross_entropy: index 2 is outside 0..<2.")
    }

    @Test func dtypesTheBackEndCannotComputeAreNamed() throws {
        let half = try context.ones([2]).cast(to: .bfloat16)
        #expect(
            message { try half.gelu() }
                == "gelu: expected dtype f32, in which the reference back-end computes, got bf16 "
                + "(cast it first).")
        #expect(
            message { try context.ones([2]) + context.ones([2], dtype: .float64) }
                == "add: expected dtype f32 for both operands, got f32 and f64.")
    }

    @Test func halfWidthWeightsAreMultipliedAsStored() throws {
        let weight = try context.tensor([1, 2, 3, 4] as [Float], [2, 2]).cast(to: .bfloat16)
        let x = try context.variable([1, 10], [1, 2])
        let y = try x.linear(weight)
        #expect(y.dtype == .float32)
        #expect(try y.floats() == [21, 43])
        try y.sum().backward()
        #expect(try x.gradient?.floats() == [4, 6])
        let rows = try Tensor.embedding(weight, context.tensor([Int32(1)], [1]))
        #expect(rows.dtype == .float32)
        #expect(try rows.floats() == [3, 4])
    }

    @Test func argumentsOfTheTableAreChecked() throws {
        let op = try #require(OpTable.op(named: "conv2d"))
        let x = OpValue.tensor(try context.zeros([1, 1, 2, 2]))
        func apply(_ named: [String: OpValue]) -> String {
            message { try op.apply(OpArguments(of: op, in: context, named: named))[0] }
        }
        #expect(apply(["x": x]) == "conv2d: weight must be a tensor, got nothing.")
        #expect(
            apply(["x": x, "weight": x, "strides": .integer(2)]).hasPrefix(
                "conv2d: an argument's name must be one of x, weight, bias, stride"))
        #expect(
            apply(["x": x, "weight": x, "stride": .choice("two")])
                == "conv2d: stride must be one or two whole numbers, got \"two\".")
    }

    @Test func tensorsPrintTheirSummary() throws {
        let small = try context.tensor([1, -2.5, 0.125, 4] as [Float], [2, 2])
        #expect(
            small.description
                == "Tensor f32 [2, 2] min -2.5 mean 0.6563 max 4.0\n[  1.0,  -2.5]\n[0.125,   4.0]")
        #expect(
            try context.arange(3).description == "Tensor i32 [3] min 0 mean 1.0 max 2\n[0, 1, 2]")
        #expect(try context.full([], 7).description == "Tensor f32 [] 7.0")
        #expect(
            try context.ones([9, 9]).description == "Tensor f32 [9, 9] min 1.0 mean 1.0 max 1.0")
        let shaped = try Context(backend: ShapesBackend()).ones([3])
        #expect(shaped.description == "Tensor f32 [3] (shape only)")
    }

    @Test func namesInTheTableAreUnique() {
        #expect(Set(OpTable.all.map(\.name)).count == OpTable.all.count)
        for op in OpTable.all {
            #expect(Set(op.parameters.map(\.name)).count == op.parameters.count)
            #expect(Set(op.examples.map(\.label)).count == op.examples.count)
            #expect(op.summary.hasSuffix("."))
        }
    }
}
