import HireArray
import HireHDF5

/// A dataset of a run as its readers think of it: rows that lie in one file, or one after the other in several.
struct JoinedDataset {
    /// A stretch of its rows.
    struct Part {
        /// Which of the sources' files.
        var file: Int
        /// The dataset in it.
        var object: String
        /// How many rows it has there.
        var rows: Int
    }

    /// What its elements are.
    enum Content: Equatable {
        case array(DType)
        case strings
        /// Where items of varying length end: each file counts from 0.
        case offsets
    }

    /// The path, such as `/act/encoder/output`.
    var path: String
    var content: Content
    /// The extents; the first counts the rows of all parts.
    var shape: [Int]
    var parts: [Part]
    /// Labels of the axes, and the paths of the scales that are attached to them.
    var axes: [HDF5Axis]
    /// Its name as a dimension scale, if it is one.
    var scale: String?
    /// The attributes of the first part.
    var attributes: [(String, HDF5Value)]

    /// Bytes of the elements; those of strings are not known.
    var byteCount: Int {
        let size =
            switch content {
            case .array(let dtype): dtype.byteSize
            case .offsets: 8
            case .strings: 16
            }
        return shape.reduce(size, *)
    }
}
