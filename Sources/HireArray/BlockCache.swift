import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Keeps large blocks of memory that were given back, for the next array of the same size.
///
/// The system takes large blocks back at once and hands out new ones page by page, set to zero, which costs more than
/// many a kernel that fills them. Steps of training and pictures of one size ask for the same sizes again and again.
public final class BlockCache: Sendable {
    private struct Block {
        /// The address; a plain number, so that it may pass between threads.
        let address: UInt
        let byteCount: Int
    }

    /// Sizes that are worth keeping: smaller blocks the plain allocator keeps by itself.
    private static let sizes = (32 << 20)...(512 << 20)

    private let blocks = Mutex<[Block]>([])
    private let limit: Int

    /// A cache that holds at most `limit` bytes; the oldest blocks go first.
    public init(limit: Int) { self.limit = limit }

    deinit { empty() }

    /// Bytes held now.
    public var byteCount: Int { blocks.withLock { $0.reduce(0) { $0 + $1.byteCount } } }

    /// A block of exactly this size, if one is held; what is in it is arbitrary.
    func take(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        guard BlockCache.sizes.contains(byteCount) else { return nil }
        return blocks.withLock { blocks in
            guard let place = blocks.lastIndex(where: { $0.byteCount == byteCount }) else {
                return nil
            }
            return UnsafeMutableRawPointer(bitPattern: blocks.remove(at: place).address)
        }
    }

    /// Keeps a block, or frees it.
    func give(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
        guard BlockCache.sizes.contains(byteCount), byteCount <= limit else {
            Glibc.free(pointer)
            return
        }
        let block = Block(address: UInt(bitPattern: pointer), byteCount: byteCount)
        let old = blocks.withLock { blocks in
            blocks.append(block)
            var total = blocks.reduce(0) { $0 + $1.byteCount }
            var gone: [Block] = []
            while total > limit {
                gone.append(blocks.removeFirst())
                total -= gone[gone.count - 1].byteCount
            }
            return gone
        }
        BlockCache.free(old)
    }

    /// Frees everything that is held, for when memory is short.
    public func empty() {
        BlockCache.free(
            blocks.withLock { blocks in
                defer { blocks = [] }
                return blocks
            })
    }

    private static func free(_ blocks: [Block]) {
        for block in blocks { Glibc.free(UnsafeMutableRawPointer(bitPattern: block.address)) }
    }
}
