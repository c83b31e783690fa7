import HireFiles
import HireNN
import HireStudies
import HireTensor
import HireVLM

/// An enricher written in Lua.
final class LuaEnricher: Enricher, LuaWritten {
    let scope = ModuleScope()
    let fields: LuaReference
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    let outputTokens: Int
    let baseChannel: Int?
    private let description: EnricherDescription

    /// Runs the author's `new` for a host.
    init(_ description: EnricherDescription, _ configuration: JSONObject, for host: HostShape)
        throws
    {
        guard let state = description.forward.state else {
            throw ScriptError.message(
                "The enricher '\(description.id)' was made after its script had ended.")
        }
        self.description = description
        fields = state.newTable()
        let announced = Announcement(scope: scope, fields: fields)
        let values: [ScriptValue] = [
            .object(ModuleObject.of(announced)), ScriptValue(.object(configuration)),
            EnricherDescription.value(of: host),
        ]
        try state.withContext(host.context) { _ = try description.new?.call(values) }
        outputChannels =
            try Self.count(description.id, fields, "output_channels") ?? host.channels
        outputGrid = try Self.grid(description.id, fields, host)
        outputTokens =
            try Self.count(description.id, fields, "output_tokens") ?? outputGrid.x * outputGrid.y
        baseChannel = try Self.baseChannel(description.id, fields)
    }

    func forward(_ input: EnricherInput) throws -> FeatureMap {
        guard let state = description.forward.state else {
            throw ScriptError.message(
                "The enricher '\(description.id)' ran after its script had ended.")
        }
        state.suspect = nil
        let results = try state.withContext(input.base.context) {
            try description.forward.call([.object(ModuleObject.of(self)), Self.value(of: input)])
        }
        let map: FeatureMap
        switch results.first ?? .none {
        case .object(let object as FeatureMapObject): map = object.map
        case .tensor(let tensor): map = try FeatureMap(map: tensor)
        default:
            throw ScriptError.message(
                "The enricher '\(description.id)' must give a feature map or a tensor [N, C, H, W], got "
                    + "\((results.first ?? .none).typeName).")
        }
        guard map.channels == outputChannels, map.grid == outputGrid else {
            throw ScriptError.message(
                "The enricher '\(description.id)' promised \(outputChannels) channels on "
                    + "\(outputGrid.x)x\(outputGrid.y) and gave \(map.channels) on \(map.grid.x)x\(map.grid.y); "
                    + "set self.output_channels and self.output_grid in new.")
        }
        guard map.tokenCount == outputTokens else {
            throw ScriptError.message(
                "The enricher '\(description.id)' promised \(outputTokens) tokens and gave "
                    + "\(map.tokenCount); set self.output_tokens in new.")
        }
        return map
    }

    /// What the author's `forward` is given.
    private static func value(of input: EnricherInput) -> ScriptValue {
        var image: [(key: String, value: ScriptValue)] = [
            (key: "high", value: .tensor(input.image.high)),
            (key: "low", value: .tensor(input.image.low)),
        ]
        if let pictures = input.image.pictures {
            image.append(
                (key: "pictures", value: .list(pictures.map { .object(ImageObject($0)) })))
        }
        return .table([
            (key: "base", value: .object(FeatureMapObject(input.base))),
            (key: "image", value: .table(image)),
            (key: "encode", value: .function(EncodeCallable(input.encode))),
            (key: "project", value: .function(ProjectCallable(input.project))),
        ])
    }

    /// A promise that is a positive integer; nil if the author made none.
    private static func count(_ id: String, _ fields: LuaReference, _ name: String) throws -> Int? {
        switch try fields.field(name) {
        case .none: return nil
        case .integer(let count) where count > 0: return count
        default:
            throw ScriptError.message(
                "The enricher '\(id)': self.\(name) must be a positive integer.")
        }
    }

    private static func grid(_ id: String, _ fields: LuaReference, _ host: HostShape) throws
        -> SIMD2<Int>
    {
        switch try fields.field("output_grid") {
        case .none: return host.grid
        case .list(let items):
            if case .integer(let rows)? = items.first, case .integer(let columns)? = items.last,
                items.count == 2, rows > 0, columns > 0
            {
                return SIMD2(rows, columns)
            }
            fallthrough
        default:
            throw ScriptError.message(
                "The enricher '\(id)': self.output_grid must be { rows, columns }.")
        }
    }

    private static func baseChannel(_ id: String, _ fields: LuaReference) throws -> Int? {
        switch try fields.field("base_channel") {
        case .none: return 0
        case .boolean(false): return nil
        case .integer(let first) where first > 0: return first - 1
        default:
            throw ScriptError.message(
                "The enricher '\(id)': self.base_channel must be a position from 1, or false where E(i) is not "
                    + "among the channels.")
        }
    }

    /// Stands for the enricher while `new` runs, before its promises are known; it shares scope and fields.
    private final class Announcement: LuaWritten {
        let scope: ModuleScope
        let fields: LuaReference

        init(scope: ModuleScope, fields: LuaReference) {
            self.scope = scope
            self.fields = fields
        }
    }
}

extension LuaEnricher: SourceLocated {
    var sourceSentence: String? { description.forward.sourceSentence }
}
