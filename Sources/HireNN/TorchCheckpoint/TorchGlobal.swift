/// The only things outside itself that a pickle of weights may name.
///
/// None of them is ever called; each has a fixed meaning.
enum TorchGlobal {
    /// `collections.OrderedDict`: an empty dictionary.
    case orderedDictionary
    /// `torch._utils._rebuild_tensor_v2`: a view of a storage.
    case rebuildTensor
    /// `torch._utils._rebuild_parameter`: the tensor itself.
    case rebuildParameter
    /// `torch.Size`: a tuple.
    case size
    /// A class of storages such as `torch.FloatStorage`.
    case storage(TorchElement)

    /// The global of a name, or nil if it is not on the list.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch", "Size"): self = .size
        case ("torch", _):
            guard let element = TorchElement.all.first(where: { $0.storageClass == name }) else {
                return nil
            }
            self = .storage(element)
        default: return nil
        }
    }
}
