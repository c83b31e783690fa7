import CVectorShims
import HireArray

/// Eight float32 lanes: one AVX2 register.
typealias Vector = SIMD8<Float>
typealias FloatPointer = UnsafeMutablePointer<Float>

/// Lanes of a `Vector`.
let lanes = 8

// Index arithmetic in inner loops is unchecked (`&+`); these let pointers take part in it.
@inline(__always)
func &+ (pointer: FloatPointer, offset: Int) -> FloatPointer { pointer + offset }
@inline(__always)
func &- (pointer: FloatPointer, offset: Int) -> FloatPointer { pointer - offset }
@inline(__always)
func &+ (pointer: UnsafePointer<Float>, offset: Int) -> UnsafePointer<Float> { pointer + offset }
@inline(__always)
func &+ (pointer: UnsafePointer<UInt16>, offset: Int) -> UnsafePointer<UInt16> { pointer + offset }

@inline(__always)
func load(_ pointer: UnsafePointer<Float>) -> Vector {
    UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
}

@inline(__always)
func store(_ value: Vector, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Vector.self)
}

@inline(__always)
func splat(_ value: Float) -> Vector { Vector(repeating: value) }

// The standard library writes these lane by lane, which the optimiser does not always put together again; here each
// is one instruction. They take precedence over the library's for this type.
extension SIMD8<Float> {
    /// self + a * b, rounded once.
    @inline(__always)
    func addingProduct(_ a: Vector, _ b: Vector) -> Vector { hire_multiply_add(a, b, self) }

    /// The other vector's lanes where the mask is set.
    @inline(__always)
    func replacing(with other: Vector, where mask: SIMDMask<SIMD8<Int32>>) -> Vector {
        hire_select(unsafeBitCast(mask, to: SIMD8<Int32>.self), other, self)
    }

    /// One value where the mask is set.
    @inline(__always)
    func replacing(with value: Float, where mask: SIMDMask<SIMD8<Int32>>) -> Vector {
        replacing(with: Vector(repeating: value), where: mask)
    }

    @inline(__always)
    func squareRoot() -> Vector { hire_square_root(self) }
}

/// The first `count` (1...8) lanes from memory, the others `fill`.
@inline(__always)
func loadPartial(_ pointer: UnsafePointer<Float>, _ count: Int, fill: Float = 0) -> Vector {
    count >= lanes ? load(pointer) : hire_load_partial(pointer, Int64(count), fill)
}

/// Writes the first `count` (1...8) lanes.
@inline(__always)
func storePartial(_ value: Vector, _ pointer: FloatPointer, _ count: Int) {
    if count >= lanes {
        store(value, pointer)
    } else {
        hire_store_partial(value, pointer, Int64(count))
    }
}

/// Up to eight lanes, `step` elements apart.
@inline(__always)
func loadStrided(_ pointer: UnsafePointer<Float>, _ step: Int, _ count: Int) -> Vector {
    if step == 1 { return loadPartial(pointer, count) }
    var value = splat(pointer[0])
    if step != 0 { for lane in 1..<max(count, 1) { value[lane] = pointer[lane &* step] } }
    return value
}

/// The lane-wise larger value; NaN in either operand stays NaN, as in PyTorch.
@inline(__always)
func larger(_ a: Vector, _ b: Vector) -> Vector {
    b.replacing(with: a, where: (a .> b) .| (a .!= a))
}

/// The lane-wise smaller value; NaN in either operand stays NaN, as in PyTorch.
@inline(__always)
func smaller(_ a: Vector, _ b: Vector) -> Vector {
    b.replacing(with: a, where: (a .< b) .| (a .!= a))
}

@inline(__always)
func magnitude(_ x: Vector) -> Vector {
    unsafeBitCast(unsafeBitCast(x, to: SIMD8<UInt32>.self) & 0x7FFF_FFFF, to: Vector.self)
}

/// Sums the lanes pairwise.
@inline(__always)
func laneSum(_ v: Vector) -> Float {
    let four = v.lowHalf + v.highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
}

/// The largest lane; NaN wins.
@inline(__always)
func laneMaximum(_ v: Vector) -> Float {
    var best = v[0]
    for lane in 1..<lanes where v[lane] > best || v[lane] != v[lane] { best = v[lane] }
    return best
}

/// Calls `body(position, count)` for each run of up to eight elements of a row.
@inline(__always)
func forEachVector(_ count: Int, _ body: (_ position: Int, _ count: Int) -> Void) {
    var position = 0
    while position < count {
        body(position, min(lanes, count &- position))
        position &+= lanes
    }
}

/// The sum of a row, in an order that depends on its length only.
func rowSum(_ row: UnsafePointer<Float>, _ count: Int) -> Float {
    var first = Vector.zero
    var second = Vector.zero
    var third = Vector.zero
    var fourth = Vector.zero
    var position = 0
    while position &+ 32 <= count {
        first += load(row + position)
        second += load(row + position &+ 8)
        third += load(row + position &+ 16)
        fourth += load(row + position &+ 24)
        position &+= 32
    }
    while position &+ 8 <= count {
        first += load(row + position)
        position &+= 8
    }
    if position < count { second += loadPartial(row + position, count &- position) }
    return laneSum((first + second) + (third + fourth))
}

/// The inner product of two rows.
func rowDot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
    var first = Vector.zero
    var second = Vector.zero
    var third = Vector.zero
    var fourth = Vector.zero
    var position = 0
    while position &+ 32 <= count {
        first = first.addingProduct(load(a + position), load(b + position))
        second = second.addingProduct(load(a + position &+ 8), load(b + position &+ 8))
        third = third.addingProduct(load(a + position &+ 16), load(b + position &+ 16))
        fourth = fourth.addingProduct(load(a + position &+ 24), load(b + position &+ 24))
        position &+= 32
    }
    while position &+ 8 <= count {
        first = first.addingProduct(load(a + position), load(b + position))
        position &+= 8
    }
    if position < count {
        let rest = count &- position
        second = second.addingProduct(
            loadPartial(a + position, rest), loadPartial(b + position, rest))
    }
    return laneSum((first + second) + (third + fourth))
}

/// The largest element of a row that is a number, or -infinity.
func rowMaximum(_ row: UnsafePointer<Float>, _ count: Int) -> Float {
    var first = splat(-.infinity)
    var second = first
    var position = 0
    while position &+ 16 <= count {
        first = hire_maximum(load(row + position), first)
        second = hire_maximum(load(row + position &+ 8), second)
        position &+= 16
    }
    while position < count {
        let length = min(lanes, count &- position)
        first = hire_maximum(loadPartial(row + position, length, fill: -.infinity), first)
        position &+= lanes
    }
    first = hire_maximum(first, second)
    var best = first[0]
    for lane in 1..<lanes where first[lane] > best { best = first[lane] }
    return best
}

/// Memory for one kernel's intermediate values, freed by the caller's `defer`.
@inline(__always)
func scratch(_ count: Int) -> FloatPointer {
    FloatPointer.allocate(capacity: max(count, 1) + lanes)
}

/// Memory for one kernel's intermediate values, set to zero.
@inline(__always)
func zeroedScratch(_ count: Int) -> FloatPointer {
    let pointer = scratch(count)
    pointer.update(repeating: 0, count: max(count, 1) + lanes)
    return pointer
}

extension CPUBackend {
    /// The float32 elements in row-major order: the array itself, or a copy made for this kernel.
    func dense(_ x: NDArray) -> NDArray {
        if x.isContiguous { return x }
        do {
            return try contiguous(x)
        } catch {
            fatalError("\(error)")
        }
    }

    /// A temporary float32 array of this kernel.
    func temporary(_ shape: Shape) -> NDArray {
        do {
            return try allocate(shape, .float32)
        } catch {
            fatalError("\(error)")
        }
    }
}

extension NDArray {
    var floatPointer: FloatPointer { pointer(as: Float.self) }
}
