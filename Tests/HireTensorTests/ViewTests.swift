import HireArray
import HireReference
import HireTensor
import Testing

/// What copies nothing, and where it points.
struct ViewTests {
    let context = Context(backend: ReferenceBackend())

    private func cube() throws -> Tensor {
        try context.tensor((0..<24).map { Float($0) }, [2, 3, 4])
    }

    @Test func viewsShareStorage() throws {
        let x = try cube()
        let views = [
            try x.reshape([6, 4]), try x.permute([2, 0, 1]), try x.transpose(0, 2),
            try x.unsqueeze(1), try x.slice(1, 1, 3), try x.at(dim: 2, index: -1),
            try x.expand([5, 2, 3, 4]), try x.flatten(from: 1),
            try x.split(dim: 0, sizes: [1, 1])[1],
            try x.chunk(2, dim: 2)[1], try x.slice(2, 0, 4, step: 2), try x.contiguous(),
            try x.unsqueeze(0).squeeze(),
        ]
        for view in views { #expect(view.array.storage === x.array.storage) }
        #expect(try x.transpose(0, 2).reshape([24]).array.storage !== x.array.storage)
    }

    @Test func viewsShowTheRightElements() throws {
        let x = try cube()
        #expect(try x.permute([2, 0, 1]).slice(0, 1, 2).floats() == [1, 5, 9, 13, 17, 21])
        #expect(try x.at(dim: 1, index: -1).floats() == [8, 9, 10, 11, 20, 21, 22, 23])
        #expect(
            try x.slice(2, 1, nil, step: 2).at(dim: 0, index: 0).floats() == [1, 3, 5, 7, 9, 11])
        #expect(
            try x.slice(0, -1).reshape([3, 4]).at(dim: 0, index: 0).floats() == [12, 13, 14, 15])
        #expect(
            try x.flip([0, 2]).at(dim: 0, index: 0).at(dim: 0, index: 0).floats() == [
                15, 14, 13, 12,
            ])
        #expect(try x.slice(1, 2, 2).shape == [2, 0, 4])
    }

    @Test func reshapeWorksOutOneExtent() throws {
        let x = try cube()
        #expect(try x.reshape([-1, 8]).shape == [3, 8])
        #expect(try x.flatten(from: 0, to: 1).shape == [6, 4])
        #expect(throws: ArrayError.self) { try x.reshape([-1, 7]) }
        #expect(throws: ArrayError.self) { try x.reshape([-1, -1]) }
    }

    @Test func chunksAreEqualUpToTheLast() throws {
        #expect(try context.zeros([7]).chunk(3, dim: 0).map(\.shape) == [[3], [3], [1]])
        #expect(try context.zeros([4]).chunk(3, dim: 0).map(\.shape) == [[2], [2]])
    }

    @Test func operationsOnViewsSeeTheView() throws {
        let x = try cube()
        let view = try x.transpose(0, 2)
        #expect(try view.sum(dims: [0]).floats() == view.contiguous().sum(dims: [0]).floats())
        #expect(
            try view.slice(0, 1, 3).scaled(by: 2).floats()
                == view.slice(0, 1, 3).floats().map { $0 * 2 })
    }
}
