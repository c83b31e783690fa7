#include "MatrixTiles.h"

#include <string.h>

enum { ROWS = HIRE_TILE_ROWS, COLUMNS = HIRE_TILE_COLUMNS };

/// Steps of one slice: packed rows of a tile (21 KiB) fit the first-level cache, those of columns the second.
enum { SLICE_STEPS = 384 };

/// Elements of the inner axis that one step takes.
static int64_t width_of(hire_tile_kind kind) { return kind == HIRE_TILE_BFLOAT16_PAIRS ? 2 : 1; }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static int64_t steps_of(int64_t depth, hire_tile_kind kind) {
    return (depth + width_of(kind) - 1) / width_of(kind);
}

hire_tile_plan hire_tile_plan_for(int64_t rows, int64_t inner, hire_tile_kind kind) {
    int64_t most = SLICE_STEPS * width_of(kind), slices = (inner + most - 1) / most;
    int64_t even = slices == 0 ? 32 : (inner + slices - 1) / slices;
    hire_tile_plan plan = {inner, (even + 31) / 32 * 32, rows, (rows + ROWS - 1) / ROWS};
    return plan;
}

int64_t hire_tile_row_floats(hire_tile_plan plan, hire_tile_kind kind) {
    return steps_of(plan.inner, kind) * plan.tiles * ROWS;
}

int64_t hire_tile_column_floats(hire_tile_plan plan, hire_tile_kind kind, int64_t columns) {
    return steps_of(plan.slice, kind) * ((columns + COLUMNS - 1) / COLUMNS) * COLUMNS;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,f16c,fma")))
#define INLINE static inline __attribute__((__always_inline__)) TARGET

int hire_tile_support(void) {
    __builtin_cpu_init();
    int wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    if (!wide) return 0;
    return __builtin_cpu_supports("avx512bf16") ? 2 : 1;
}

// MARK: Masks

INLINE __mmask16 first16(int64_t count) {
    return count >= 16 ? 0xFFFF : count <= 0 ? 0 : (__mmask16)((1u << count) - 1);
}

INLINE __mmask32 first32(int64_t count) {
    return count >= 32 ? 0xFFFFFFFFu : count <= 0 ? 0 : (1u << count) - 1;
}

// MARK: One tile

/// The place of a tile in c, and what its sums begin with.
typedef struct {
    float *c;
    int64_t leading;
    const float *bias;
    int continues;
    __mmask16 left, right;
} tile_place;

/// Sums of `rows` (a constant wherever this is inlined) times 32 columns; steps of a are 14 and of b 32 floats apart.
INLINE void tile(const int rows, const int pairs, const float *a, const float *b, int64_t steps, tile_place at) {
    __m512 left[ROWS], right[ROWS];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        const float *start = at.continues ? at.c + row * at.leading : at.bias;
        left[row] = start ? _mm512_maskz_loadu_ps(at.left, start) : _mm512_setzero_ps();
        right[row] = start ? _mm512_maskz_loadu_ps(at.right, start + 16) : _mm512_setzero_ps();
    }
    for (int64_t step = 0; step < steps; step++) {
        __m512 x = _mm512_load_ps(b), y = _mm512_load_ps(b + 16);
        b += COLUMNS;
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            __m512 factor = _mm512_set1_ps(a[row]);
            if (pairs) {
                left[row] = _mm512_dpbf16_ps(left[row], (__m512bh)factor, (__m512bh)x);
                right[row] = _mm512_dpbf16_ps(right[row], (__m512bh)factor, (__m512bh)y);
            } else {
                left[row] = _mm512_fmadd_ps(factor, x, left[row]);
                right[row] = _mm512_fmadd_ps(factor, y, right[row]);
            }
        }
        a += ROWS;
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        _mm512_mask_storeu_ps(at.c + row * at.leading, at.left, left[row]);
        _mm512_mask_storeu_ps(at.c + row * at.leading + 16, at.right, right[row]);
    }
}

#define TILE(count) case count: tile(count, pairs, a, b, steps, at); break;
#define TILES TILE(1) TILE(2) TILE(3) TILE(4) TILE(5) TILE(6) TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12) \
    TILE(13) TILE(14)

INLINE void tile_of(int rows, const int pairs, const float *a, const float *b, int64_t steps, tile_place at) {
    switch (rows) { TILES }
}

TARGET static void float_tile(int rows, const float *a, const float *b, int64_t steps, tile_place at) {
    tile_of(rows, 0, a, b, steps, at);
}

TARGET static void pair_tile(int rows, const float *a, const float *b, int64_t steps, tile_place at) {
    tile_of(rows, 1, a, b, steps, at);
}

// MARK: Packing

/// Transposes 16 x 16 words.
INLINE void transpose(__m512i r[16]) {
    __m512i t[16];
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(r[i], r[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) {
        r[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        r[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        r[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        r[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
    for (int half = 0; half < 16; half += 8) {
        for (int i = 0; i < 4; i++) {
            t[half + i] = _mm512_shuffle_i32x4(r[half + i], r[half + i + 4], 0x88);
            t[half + i + 4] = _mm512_shuffle_i32x4(r[half + i], r[half + i + 4], 0xDD);
        }
    }
    for (int i = 0; i < 4; i++) {
        r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
        r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xDD);
        r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
        r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xDD);
    }
}

/// Up to 16 steps of one column: `count` elements that lie behind each other.
INLINE __m512i steps_along(const void *first, int64_t offset, int64_t count, const hire_tile_kind kind) {
    const uint16_t *half = (const uint16_t *)first + offset;
    switch (kind) {
        case HIRE_TILE_FLOAT32: return _mm512_maskz_loadu_epi32(first16(count), (const float *)first + offset);
        case HIRE_TILE_BFLOAT16:
            return _mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(first16(count), half)), 16);
        case HIRE_TILE_FLOAT16:
            return _mm512_castps_si512(_mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first16(count), half)));
        case HIRE_TILE_BFLOAT16_PAIRS: return _mm512_maskz_loadu_epi16(first32(count), half);
    }
}

/// One step of up to 16 columns that lie beside each other; the second row of a pair may be missing.
INLINE __m512i step_across(const void *first, int64_t offset, int64_t next, int64_t count, const hire_tile_kind kind) {
    if (kind != HIRE_TILE_BFLOAT16_PAIRS) return steps_along(first, offset, count, kind);
    const uint16_t *half = (const uint16_t *)first + offset;
    __m512i low = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(first16(count), half));
    if (next == 0) return low;
    __m512i high = _mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(first16(count), half + next));
    return _mm512_or_si512(low, _mm512_slli_epi32(high, 16));
}

/// Columns of w for elements start..<start + depth of the inner axis, in panels of [steps, 32].
INLINE void pack_columns(hire_tile_weights w, const hire_tile_kind kind, int64_t start, int64_t depth,
                         int64_t columns, float *packed) {
    int64_t width = width_of(kind), steps = steps_of(depth, kind);
    for (int64_t column = 0; column < columns; column += 16) {
        float *panel = packed + column / COLUMNS * COLUMNS * steps + column % COLUMNS;
        int64_t live = least(16, columns - column);
        int64_t origin = start * w.inner_stride + column * w.column_stride;
        if (w.inner_stride == 1) {
            for (int64_t step = 0; step < steps; step += 16) {
                __m512i block[16];
                for (int lane = 0; lane < 16; lane++) {
                    block[lane] = lane < live
                        ? steps_along(w.first, origin + lane * w.column_stride + step * width, depth - step * width, kind)
                        : _mm512_setzero_si512();
                }
                transpose(block);
                int64_t rest = least(16, steps - step);
                for (int64_t i = 0; i < rest; i++) _mm512_store_si512(panel + (step + i) * COLUMNS, block[i]);
            }
        } else {
            for (int64_t step = 0; step < steps; step++) {
                int64_t next = step * width + 1 < depth ? w.inner_stride : 0;
                __m512i words = step_across(w.first, origin + step * width * w.inner_stride, next, live, kind);
                _mm512_store_si512(panel + step * COLUMNS, words);
            }
        }
    }
    if (columns % COLUMNS != 0 && columns % COLUMNS <= 16) {
        float *panel = packed + columns / COLUMNS * COLUMNS * steps + 16;
        for (int64_t step = 0; step < steps; step++) _mm512_store_ps(panel + step * COLUMNS, _mm512_setzero_ps());
    }
}

#define PACKER(name, kind)                                                                                   \
    TARGET static void name(hire_tile_weights w, int64_t start, int64_t depth, int64_t columns, float *out) { \
        pack_columns(w, kind, start, depth, columns, out);                                                   \
    }
PACKER(pack_float32, HIRE_TILE_FLOAT32)
PACKER(pack_bfloat16, HIRE_TILE_BFLOAT16)
PACKER(pack_float16, HIRE_TILE_FLOAT16)
PACKER(pack_pairs, HIRE_TILE_BFLOAT16_PAIRS)

/// Up to 16 steps of one row.
INLINE __m512i row_steps(const float *a, int64_t stride, int64_t count, const int pairs) {
    float line[32];
    if (stride != 1) {
        int64_t used = least(count, pairs ? 32 : 16);
        for (int64_t i = 0; i < used; i++) line[i] = a[i * stride];
        a = line;
    }
    __m512 low = _mm512_maskz_loadu_ps(first16(count), a);
    if (!pairs) return _mm512_castps_si512(low);
    __m512 high = _mm512_maskz_loadu_ps(first16(count - 16), a + 16);
    return (__m512i)_mm512_cvtne2ps_pbh(high, low);
}

INLINE void pack_slice(const float *a, int64_t row_stride, int64_t inner_stride, int64_t rows, int64_t depth,
                       const int pairs, float *packed) {
    int64_t width = pairs ? 2 : 1, steps = (depth + width - 1) / width;
    if (!pairs && inner_stride != 1) {
        for (int64_t step = 0; step < steps; step++) {
            __m512 words = _mm512_maskz_loadu_ps(first16(rows), a + step * inner_stride);
            _mm512_mask_storeu_ps(packed + step * ROWS, first16(ROWS), words);
        }
        return;
    }
    for (int64_t step = 0; step < steps; step += 16) {
        __m512i block[16];
        for (int row = 0; row < 16; row++) {
            block[row] = row < rows
                ? row_steps(a + row * row_stride + step * width * inner_stride, inner_stride, depth - step * width, pairs)
                : _mm512_setzero_si512();
        }
        transpose(block);
        int64_t rest = least(16, steps - step);
        for (int64_t i = 0; i < rest; i++) {
            _mm512_mask_storeu_epi32(packed + (step + i) * ROWS, first16(ROWS), block[i]);
        }
    }
}

TARGET void hire_tile_pack_rows(hire_tile_plan plan, hire_tile_kind kind, int64_t tile, const float *a,
                                int64_t row_stride, int64_t inner_stride, float *packed) {
    int64_t base = plan.rows / plan.tiles, longer = plan.rows % plan.tiles;
    const float *first = a + (tile * base + least(tile, longer)) * row_stride;
    int64_t rows = base + (tile < longer);
    for (int64_t start = 0; start < plan.inner; start += plan.slice) {
        int64_t depth = least(plan.slice, plan.inner - start), steps = steps_of(depth, kind);
        float *out = packed + (start / width_of(kind) * plan.tiles + tile * steps) * ROWS;
        const float *from = first + start * inner_stride;
        if (kind == HIRE_TILE_BFLOAT16_PAIRS) {
            pack_slice(from, row_stride, inner_stride, rows, depth, 1, out);
        } else {
            pack_slice(from, row_stride, inner_stride, rows, depth, 0, out);
        }
    }
}

TARGET void hire_tile_multiply(hire_tile_plan plan, const float *packed, hire_tile_weights w, int64_t columns,
                               const float *bias, float *c, int64_t leading, float *scratch) {
    int64_t base = plan.rows / plan.tiles, longer = plan.rows % plan.tiles;
    for (int64_t start = 0; start < plan.inner; start += plan.slice) {
        int64_t depth = least(plan.slice, plan.inner - start), steps = steps_of(depth, w.kind);
        switch (w.kind) {
            case HIRE_TILE_FLOAT32: pack_float32(w, start, depth, columns, scratch); break;
            case HIRE_TILE_BFLOAT16: pack_bfloat16(w, start, depth, columns, scratch); break;
            case HIRE_TILE_FLOAT16: pack_float16(w, start, depth, columns, scratch); break;
            case HIRE_TILE_BFLOAT16_PAIRS: pack_pairs(w, start, depth, columns, scratch); break;
        }
        const float *a = packed + start / width_of(w.kind) * plan.tiles * ROWS;
        for (int64_t tile = 0, row = 0; tile < plan.tiles; tile++) {
            int rows = (int)(base + (tile < longer));
            for (int64_t column = 0; column < columns; column += COLUMNS) {
                tile_place at = {c + row * leading + column, leading, bias ? bias + column : 0, start > 0,
                                 first16(columns - column), first16(columns - column - 16)};
                if (w.kind == HIRE_TILE_BFLOAT16_PAIRS) {
                    pair_tile(rows, a, scratch + column * steps, steps, at);
                } else {
                    float_tile(rows, a, scratch + column * steps, steps, at);
                }
            }
            row += rows;
            a += steps * ROWS;
        }
    }
}

#else

int hire_tile_support(void) { return 0; }

void hire_tile_pack_rows(hire_tile_plan plan, hire_tile_kind kind, int64_t tile, const float *a,
                         int64_t row_stride, int64_t inner_stride, float *packed) {
    (void)plan, (void)kind, (void)tile, (void)a, (void)row_stride, (void)inner_stride, (void)packed;
    __builtin_trap();
}

void hire_tile_multiply(hire_tile_plan plan, const float *packed, hire_tile_weights w, int64_t columns,
                        const float *bias, float *c, int64_t leading, float *scratch) {
    (void)plan, (void)packed, (void)w, (void)columns, (void)bias, (void)c, (void)leading, (void)scratch;
    __builtin_trap();
}

#endif
