// The sums over pixels of RowKernels.h; part of row_kernels.h.

#if LANES == 16
typedef float vec8 __attribute__((__ext_vector_type__(8)));
enum { OUTER_ROWS = 4, OUTER_INNER = 6 };
INLINE vec8 halved(vec value) { return value.lo + value.hi; }
#else
typedef vec vec8;
enum { OUTER_ROWS = 3, OUTER_INNER = 4 };
INLINE vec8 halved(vec value) { return value; }
#endif

INLINE float total_of(vec value) {
    vec8 eight = halved(value);
    __auto_type four = eight.lo + eight.hi;
    __auto_type two = four.lo + four.hi;
    return two.x + two.y;
}

/// The first `count` floats, the others zero.
INLINE vec load_first(const float *place, int64_t count) {
    vec value = splat(0);
    for (int64_t lane = 0; lane < count; lane++) value[lane] = place[lane];
    return value;
}

/// `rows` times `inner` sums (both constants wherever this is inlined).
INLINE void outer_tile(const int rows, const int inner, const float *a, const float *b, int64_t step, int64_t columns,
                       float factor, float *out, int64_t out_step) {
    vec sums[OUTER_ROWS][OUTER_INNER];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (int k = 0; k < inner; k++) sums[row][k] = splat(0);
    }
    int64_t x = 0;
    for (; x + LANES <= columns; x += LANES) {
        vec values[OUTER_INNER];
#pragma clang loop unroll(full)
        for (int k = 0; k < inner; k++) values[k] = load(b + k * step + x);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            vec value = load(a + row * step + x);
#pragma clang loop unroll(full)
            for (int k = 0; k < inner; k++) sums[row][k] = fma(value, values[k], sums[row][k]);
        }
    }
    if (x < columns) {
        vec values[OUTER_INNER];
#pragma clang loop unroll(full)
        for (int k = 0; k < inner; k++) values[k] = load_first(b + k * step + x, columns - x);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            vec value = load_first(a + row * step + x, columns - x);
#pragma clang loop unroll(full)
            for (int k = 0; k < inner; k++) sums[row][k] = fma(value, values[k], sums[row][k]);
        }
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
#pragma clang loop unroll(full)
        for (int k = 0; k < inner; k++) out[row * out_step + k] += factor * total_of(sums[row][k]);
    }
}

INLINE void outer_rows(const int rows, const float *a, const float *b, int64_t step, int64_t inner, int64_t columns,
                       float factor, float *out) {
    int64_t k = 0;
    for (; k + OUTER_INNER <= inner; k += OUTER_INNER) {
        outer_tile(rows, OUTER_INNER, a, b + k * step, step, columns, factor, out + k, inner);
    }
    for (; k < inner; k++) outer_tile(rows, 1, a, b + k * step, step, columns, factor, out + k, inner);
}

static void outer(const float *a, int64_t rows, const float *b, int64_t inner, int64_t step, int64_t columns,
                  float factor, float *out) {
    int64_t row = 0;
    for (; row + OUTER_ROWS <= rows; row += OUTER_ROWS) {
        outer_rows(OUTER_ROWS, a + row * step, b, step, inner, columns, factor, out + row * inner);
    }
    for (; row < rows; row++) outer_rows(1, a + row * step, b, step, inner, columns, factor, out + row * inner);
}
