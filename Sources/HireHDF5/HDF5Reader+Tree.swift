import CHDF5
import CHDF5Shims
import Glibc
import HireArray

extension HDF5Reader {
    /// Everything in the file: groups before what they hold, entries in the order in which they were made.
    public func nodes(under path: String = "/") throws -> [HDF5Node] {
        try HDF5Library.run {
            var found: [HDF5Node] = []
            try visit(path == "/" ? "" : path, depth: 0, &found)
            return found
        }
    }

    /// Hard links can form a ring; nothing made by the toolkit comes near this depth.
    private static let deepestGroup = 64

    private func visit(_ group: String, depth: Int, _ found: inout [HDF5Node]) throws {
        let place = group.isEmpty ? "/" : group
        guard depth <= HDF5Reader.deepestGroup else {
            throw file.fail(place, "groups are nested more than \(HDF5Reader.deepestGroup) deep")
        }
        for name in try linkNames(place) {
            let path = group + "/" + name
            let node = HDF5Node(path: path, content: try content(path))
            found.append(node)
            if node.content == .group { try visit(path, depth: depth + 1, &found) }
        }
    }

    private func linkNames(_ group: String) throws -> [String] {
        let handle = try HDF5Handle(
            .group, H5Gopen2(file.id, group, hire_h5p_default()), name, group,
            "cannot open the group")
        var info = H5G_info_t()
        try file.check(H5Gget_info(handle.id, &info), group, "cannot list the group")
        let tracked =
            info.nlinks == 0
            || H5Lget_name_by_idx(
                handle.id, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, 0, nil, 0, hire_h5p_default()) >= 0
        let order = tracked ? H5_INDEX_CRT_ORDER : H5_INDEX_NAME
        return try (0..<info.nlinks).map { index in
            let length = H5Lget_name_by_idx(
                handle.id, ".", order, H5_ITER_INC, index, nil, 0, hire_h5p_default())
            try file.check(Int32(clamping: length), group, "cannot list the group")
            var text = [CChar](repeating: 0, count: length + 1)
            _ = H5Lget_name_by_idx(
                handle.id, ".", order, H5_ITER_INC, index, &text, text.count, hire_h5p_default())
            return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private func content(_ path: String) throws -> HDF5Node.Content {
        if let link = try externalLink(path) { return link }
        let object = try file.open(.object, path)
        guard H5Iget_type(object.id) == H5I_DATASET else { return .group }
        let shape = try file.shape(ofDataset: object.id, path)
        let type = try HDF5Handle(.type, H5Dget_type(object.id), name, path, "cannot read the type")
        if HDF5Type.isString(type.id) { return .strings(shape: shape) }
        guard let dtype = try? HDF5Type.dtype(of: type.id, file, path) else {
            return .other(shape: shape)
        }
        return .array(dtype, shape: shape)
    }

    private func externalLink(_ path: String) throws -> HDF5Node.Content? {
        var info = H5L_info_t()
        try file.check(
            H5Lget_info(file.id, path, &info, hire_h5p_default()), path, "cannot look at")
        guard info.type == H5L_TYPE_EXTERNAL else { return nil }
        var packed = [UInt8](repeating: 0, count: max(1, info.u.val_size))
        try file.check(
            H5Lget_val(file.id, path, &packed, packed.count, hire_h5p_default()), path,
            "cannot look at the link")
        // One byte of flags, the file's name, the object's path; both end with a zero byte.
        let parts = packed.dropFirst().split(separator: 0, omittingEmptySubsequences: false)
        let texts = parts.map { String(decoding: $0, as: UTF8.self) }
        return .link(file: texts.first ?? "", object: texts.count > 1 ? texts[1] : "")
    }
}
