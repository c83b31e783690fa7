import Glibc
import HireFiles

extension FuzzTargets {
    /// Parsers that misbehave on some inputs, each in its way, with which the fuzzer checks itself.
    package static let planted: [FuzzTarget] = [
        planted("crash") { bytes in
            let index = bytes.count + 1
            _ = bytes[index]
        },
        planted("hang") { _ in
            // The clock keeps the compiler from seeing that the loop does nothing.
            while clock() >= 0 {}
        },
        planted("memory") { _ in
            let large = [UInt8](repeating: 1, count: 64 << 20)
            if large.reduce(0, ^) == 7 { throw FileError.badData("planted", "never") }
        },
        planted("odd") { _ in throw CancellationError() },
    ]

    /// What only a sanitised build can find: memory that nobody has any more at the end.
    package static let plantedLeak = planted("leak") { _ in
        let block = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
        block.initializeMemory(as: UInt8.self, repeating: 1, count: 4096)
    }

    private static func planted(
        _ kind: String, _ body: @escaping @Sendable ([UInt8]) throws -> Void
    ) -> FuzzTarget {
        FuzzTarget("planted-" + kind, goldens: ["checkpoints/types.safetensors"]) { bytes in
            // The seed has another length; some of the changed inputs have this one.
            if bytes.count % 8 == 3 { try body(bytes) }
        }
    }
}
