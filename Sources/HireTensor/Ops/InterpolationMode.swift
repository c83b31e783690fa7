/// How `interpolate` weighs source positions (PyTorch's names; corners are never aligned).
public enum InterpolationMode: String, Sendable, CaseIterable {
    case nearest, bilinear, bicubic, area
}
