import HireArray
import HireFiles
import HireHDF5
import HireTensor
import HireVLM

/// A captured feature in a file, read when it is asked for.
public final class CapturedObject: ScriptObject {
    private let path: String
    private let dataset: String
    private let shape: Shape
    private let dtype: DType
    private let context: Context

    /// A handle on a dataset [sample, ...] of a file.
    ///
    /// - Parameter shape: of one sample, with the sample axis in front.
    init(_ path: String, _ dataset: String, _ shape: Shape, _ dtype: DType, in context: Context) {
        self.path = path
        self.dataset = dataset
        self.shape = shape
        self.dtype = dtype
        self.context = context
    }

    /// One line for `tostring`.
    public var scriptDescription: String {
        "\(dtype.shortName) \(shape) in \(path), \(dataset)"
    }

    /// Methods and properties.
    public static let scriptClass = ScriptClass(
        name: "hire.Captured", summary: "A captured feature in a file; `read` loads it.",
        methods: [
            ScriptFunction(
                "read", "Loads the feature.",
                returns: [ScriptResult(.tensor, "[1, ...], float32")]
            ) { arguments in
                let receiver = arguments.receiver(CapturedObject.self)
                let backend = receiver.context.backend
                let array = try HDF5Reader(receiver.path).array(receiver.dataset, on: backend)
                if array.dtype == .float32 || array.dtype == .int32 {
                    return [.tensor(Tensor(array, in: receiver.context))]
                }
                let wide = try backend.allocate(array.shape, .float32)
                backend.copy(array, into: wide)
                return [.tensor(Tensor(wide, in: receiver.context))]
            }
        ],
        properties: [
            property("path", .string, "The file.") { .string($0.path) },
            property("dataset", .string, "The path in the file.") { .string($0.dataset) },
            property("shape", .list(.integer), "Extents, the sample axis first.") {
                .list($0.shape.map { .integer($0) })
            },
            property("dtype", .string, "As it is stored.") { .string($0.dtype.shortName) },
        ])

    private static func property(
        _ name: String, _ type: ScriptType, _ summary: String,
        _ get: @escaping @Sendable (CapturedObject) -> ScriptValue
    ) -> ScriptProperty {
        ScriptProperty(name, type, summary) { object in
            guard let object = object as? CapturedObject else { return .none }
            return get(object)
        }
    }
}
