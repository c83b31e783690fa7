import HireFiles
import HireImaging

/// Reads Hugging Face's `preprocessor_config.json`, or the image half of a `processor_config.json`.
struct ImageProcessorConfiguration {
    /// How pictures are prepared; resolutions are left to encoder and enricher.
    let preprocessing: ImagePreprocessing
    /// Side of the pictures that come out, in pixels.
    let side: Int

    /// The folder's image processor; nil if it has none.
    static func read(
        in folder: String, _ fileSystem: any FileSystem
    ) throws -> ImageProcessorConfiguration? {
        for (name, key) in [
            ("processor_config.json", "image_processor"), ("preprocessor_config.json", nil),
        ] {
            let path = FilePath.join(folder, name)
            guard try fileSystem.exists(path) else { continue }
            let value = try JSONParser.read(path, in: fileSystem)
            guard
                let object = key == nil
                    ? value.objectValue : key.flatMap({ value[$0]?.objectValue })
            else { continue }
            return try ImageProcessorConfiguration(object, source: path)
        }
        return nil
    }

    /// - Parameter source: the file, for errors.
    init(_ json: JSONObject, source: String) throws {
        func flag(_ key: String, _ standard: Bool) throws -> Bool {
            guard let value = json[key], value != .null else { return standard }
            guard let flag = value.boolValue else {
                throw FileError.badData(
                    source, "the value of '\(key)' does not fit", expected: "true or false",
                    got: value.kindName)
            }
            return flag
        }
        func numbers(_ key: String, _ standard: [Double]) throws -> [Double] {
            guard let value = json[key], value != .null else { return standard }
            let items = value.arrayValue?.compactMap(\.doubleValue) ?? []
            guard items.count == 3 else {
                throw FileError.badData(
                    source, "the value of '\(key)' does not fit", expected: "three numbers",
                    got: value.kindName)
            }
            return items
        }
        guard try flag("do_resize", true) else {
            throw FileError.badData(
                source, "pictures are not resized, which no encoder of a fixed resolution can read",
                expected: "do_resize true", got: "false")
        }
        let factor = json["rescale_factor"]?.doubleValue ?? 1 / 255
        guard try flag("do_rescale", true), abs(factor * 255 - 1) < 1e-9 else {
            throw FileError.badData(
                source, "the scale of pixels does not fit", expected: "do_rescale with 1/255",
                got: "rescale_factor \(factor)")
        }
        let standard = ImagePreprocessing()
        var result = standard
        if try flag("do_normalize", true) {
            result.mean = try numbers("image_mean", standard.mean)
            result.deviation = try numbers("image_std", standard.deviation)
        } else {
            result.mean = [0, 0, 0]
            result.deviation = [1, 1, 1]
        }
        result.filter = try Self.filter(json["resample"], source)
        let size = try Self.size(json["size"], "size", source)
        if try flag("do_pad", false) {
            result.aspect = .pad
            side = size.square ?? size.shortest ?? 0
        } else if try flag("do_center_crop", size.shortest != nil) {
            let crop = try Self.size(json["crop_size"], "crop_size", source)
            guard let square = crop.square ?? crop.shortest else {
                throw FileError.badData(
                    source, "crop_size is missing", expected: "a side in pixels")
            }
            result.aspect = .crop
            side = square
            let short = size.shortest ?? size.square ?? square
            if short != square { result.shortestSide = short }
        } else if let square = size.square {
            result.aspect = .resize
            side = square
        } else {
            throw FileError.badData(
                source, "pictures would come out in many sizes",
                expected: "a size with height and width, or do_center_crop", got: "shortest_edge")
        }
        guard side > 0, side <= 16384 else {
            throw FileError.badData(
                source, "the size of pictures does not fit", expected: "1 to 16384 pixels",
                got: "\(side)")
        }
        preprocessing = result
    }

    /// Pillow's numbers for its filters.
    private static func filter(_ value: JSONValue?, _ source: String) throws -> ResizeFilter {
        let filters: [Int: ResizeFilter] = [
            0: .nearest, 1: .lanczos, 2: .bilinear, 3: .bicubic, 4: .box,
        ]
        guard let value, value != .null else { return .bicubic }
        guard let filter = value.intValue.flatMap({ filters[$0] }) else {
            throw FileError.badData(
                source, "the filter 'resample' is unknown", expected: "0, 1, 2, 3 or 4",
                got: value.doubleValue.map { "\($0)" } ?? value.kindName)
        }
        return filter
    }

    /// `336`, `{"shortest_edge": 336}` or `{"height": 336, "width": 336}`.
    private static func size(
        _ value: JSONValue?, _ key: String, _ source: String
    ) throws -> (shortest: Int?, square: Int?) {
        switch value {
        case nil, .null?: return (nil, nil)
        case .integer(let side)?: return key == "size" ? (Int(side), nil) : (nil, Int(side))
        default: break
        }
        if let side = value?["shortest_edge"]?.intValue { return (side, nil) }
        if let height = value?["height"]?.intValue, let width = value?["width"]?.intValue {
            guard height == width else {
                throw FileError.badData(
                    source, "'\(key)' is not square", expected: "equal sides",
                    got: "\(height) by \(width)")
            }
            return (nil, height)
        }
        throw FileError.badData(
            source, "'\(key)' does not fit",
            expected: "a number, a shortest_edge, or height and width", got: value?.kindName)
    }
}
