// The kernels of RowKernels.h, for LANES floats per register and tiles of TILE_ROWS rows by TILE_VECTORS registers;
// compiled once per set of sizes.
#include "RowKernels.h"

typedef float vec __attribute__((__ext_vector_type__(LANES)));
typedef int32_t ivec __attribute__((__ext_vector_type__(LANES)));
typedef float loose __attribute__((__ext_vector_type__(LANES), __aligned__(4), __may_alias__));
#define INLINE static inline __attribute__((__always_inline__))

INLINE vec load(const float *place) { return *(const loose *)place; }
INLINE void store(float *place, vec value) { *(loose *)place = value; }
INLINE vec splat(float value) { return (vec)value; }
INLINE vec fma(vec a, vec b, vec c) { return __builtin_elementwise_fma(a, b, c); }
INLINE vec choose(ivec mask, vec a, vec b) { return mask ? a : b; }
INLINE int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// MARK: Functions

/// e^x for x from -87 to 0, beyond as at the ends; NaN stays.
///
/// Differences from a largest value may be above 0 by a rounding, which is much where the values are large.
INLINE vec exp_below_zero(vec x) {
    x = choose(x > splat(0), splat(0), x);
    x = choose(x < splat(-87.0f), splat(-87.0f), x);
    vec shifted = fma(x, splat(1.44269504f), splat(12582912.0f));
    vec n = shifted - splat(12582912.0f);
    // ln 2 in two parts: n times the first is exact.
    vec r = fma(n, splat(-0.693359375f), x);
    r = fma(n, splat(2.1219444e-4f), r);
    // (e^r - 1 - r) / r^2 on |r| <= ln(2)/2, as in VectorMath.
    vec p = splat(0.00139504768f);
    p = fma(p, r, splat(0.00836888243f));
    p = fma(p, r, splat(0.041666206f));
    p = fma(p, r, splat(0.166665189f));
    p = fma(p, r, splat(0.50000001f));
    vec value = fma(r * r, p, r) + 1;
    ivec exponent = (ivec)shifted - (ivec)splat(12582912.0f);
    return value * (vec)((exponent + 127) << 23);
}

/// The error function; the polynomials are VectorMath's.
INLINE vec error_function(vec x) {
    vec size = (vec)((ivec)x & 0x7FFFFFFF);
    vec s = x * x;
    // erf(x)/x in x^2, |x| <= 1.
    vec p = splat(7.85385771e-05f);
    p = fma(p, s, splat(-0.000801019252f));
    p = fma(p, s, splat(0.00518832756f));
    p = fma(p, s, splat(-0.0268538119f));
    p = fma(p, s, splat(0.112835851f));
    p = fma(p, s, splat(-0.376126258f));
    p = fma(p, s, splat(1.12837917f));
    // -log(erfc(x)) in x - 1, 1 <= x <= 4.
    vec t = choose(size > splat(4), splat(4), size) - 1;
    vec q = splat(-0.000186380086f);
    q = fma(q, t, splat(0.0018293863f));
    q = fma(q, t, splat(-0.00989546425f));
    q = fma(q, t, splat(0.0415034998f));
    q = fma(q, t, splat(0.843117607f));
    q = fma(q, t, splat(2.63896688f));
    q = fma(q, t, splat(1.84960552f));
    vec large = 1 - exp_below_zero(-q);
    vec signed_large = (vec)((ivec)large | ((ivec)x & (int32_t)0x80000000));
    return choose(size > 1, signed_large, p * x);
}

static void gelu(const float *in, int64_t step, const float *scales, int64_t rows, int64_t columns, float *out) {
    for (int64_t row = 0; row < rows; row++) {
        vec half = splat(0.5f * (scales ? scales[row] : 1));
        for (int64_t x = 0; x < columns; x += LANES) {
            vec value = load(in + row * step + x);
            store(out + row * step + x, (error_function(value * 0.707106781f) + 1) * (value * half));
        }
    }
}

static void gelu_gradient(const float *in, int64_t step, const float *scales, int64_t rows, int64_t columns,
                          float *slope) {
    for (int64_t row = 0; row < rows; row++) {
        vec scale = splat(scales ? scales[row] : 1);
        for (int64_t x = 0; x < columns; x += LANES) {
            vec value = load(in + row * step + x);
            vec distribution = (error_function(value * 0.707106781f) + 1) * 0.5f;
            vec density = exp_below_zero(value * value * -0.5f) * 0.39894228f;
            vec derivative = fma(value, density, distribution) * scale;
            store(slope + row * step + x, load(slope + row * step + x) * derivative);
        }
    }
}

// MARK: Products with weights

static void pack(const float *weights, int64_t rows, int64_t inner, int64_t row_stride, int64_t inner_stride,
                 float factor, float *packed) {
    for (int64_t first = 0; first < rows; first += TILE_ROWS) {
        for (int64_t k = 0; k < inner; k++) {
            for (int64_t row = first; row < first + TILE_ROWS; row++) {
                *packed++ = row < rows ? weights[row * row_stride + k * inner_stride] * factor : 0;
            }
        }
    }
}

/// `rows` and `vectors` are constants wherever this is inlined.
INLINE void tile(const int rows, const int vectors, const float *packed, int64_t inner, const float *bias,
                 const float *in, int64_t in_step, const float *add, int64_t add_step, float *out, int64_t out_step) {
    vec sums[TILE_ROWS][TILE_VECTORS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        vec start = splat(bias ? bias[row] : 0);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            sums[row][v] = add ? load(add + row * add_step + v * LANES) + start : start;
        }
    }
    for (int64_t k = 0; k < inner; k++) {
        vec pixels[TILE_VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) pixels[v] = load(in + v * LANES);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            vec factor = splat(packed[row]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sums[row][v] = fma(factor, pixels[v], sums[row][v]);
        }
        packed += TILE_ROWS;
        in += in_step;
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) store(out + row * out_step + v * LANES, sums[row][v]);
    }
}

#define TILE(count) \
    case count: tile(count, vectors, packed, inner, bias, in, in_step, add, add_step, out, out_step); break;

INLINE void tile_of(int64_t rows, const int vectors, const float *packed, int64_t inner, const float *bias,
                    const float *in, int64_t in_step, const float *add, int64_t add_step, float *out,
                    int64_t out_step) {
    switch (rows) {
        TILE(1) TILE(2) TILE(3) TILE(4)
#if TILE_ROWS == 7
        TILE(5) TILE(6) TILE(7)
#endif
    }
}

static void product(const float *packed, int64_t rows, int64_t inner, const float *bias, const float *in,
                    int64_t in_step, int64_t columns, const float *add, int64_t add_step, float *out,
                    int64_t out_step) {
    int64_t x = 0;
    while (x < columns) {
        int64_t vectors = smaller((columns - x + LANES - 1) / LANES, TILE_VECTORS);
        for (int64_t row = 0; row < rows; row += TILE_ROWS) {
            int64_t count = smaller(rows - row, TILE_ROWS);
            const float *weights = packed + row * inner, *start = bias ? bias + row : 0;
            const float *more = add ? add + row * add_step + x : 0;
            float *place = out + row * out_step + x;
            switch (vectors) {
                case 1: tile_of(count, 1, weights, inner, start, in + x, in_step, more, add_step, place, out_step); break;
                case 2: tile_of(count, 2, weights, inner, start, in + x, in_step, more, add_step, place, out_step); break;
                default: tile_of(count, 3, weights, inner, start, in + x, in_step, more, add_step, place, out_step);
            }
        }
        x += vectors * LANES;
    }
}

#include "outer_kernels.h"
#include "window_kernels.h"

static const hire_row_kernels KERNELS = {TILE_ROWS, pack,    product,          gelu,   gelu_gradient,
                                  dots,      softmax, softmax_gradient, gather, scatter,
                                  outer};
