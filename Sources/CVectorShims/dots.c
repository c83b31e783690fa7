#include "MatrixDots.h"

/// Elements that one step takes.
enum { STEP = 32 };

int64_t hire_dots_floats(int64_t count) { return (count + STEP - 1) / STEP * STEP; }

void hire_dots_arrange(hire_tile_kind kind, const float *row, int64_t count, float *arranged) {
    // Words of two bfloat16 are split into their low and high halves, so even elements come before odd ones.
    for (int64_t step = 0; step < count; step += STEP) {
        for (int64_t lane = 0; lane < STEP; lane++) {
            int64_t place = kind == HIRE_TILE_BFLOAT16 ? lane % 2 * (STEP / 2) + lane / 2 : lane;
            arranged[step + place] = step + lane < count ? row[step + lane] : 0;
        }
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,f16c,fma")))
#define INLINE static inline __attribute__((__always_inline__)) TARGET

INLINE __mmask32 first(int64_t count) { return count >= STEP ? 0xFFFFFFFFu : (1u << count) - 1; }

/// Two registers of weights; lanes behind `mask` are 0.
INLINE void weights_at(const void *column, int64_t step, __mmask32 mask, const hire_tile_kind kind, __m512 *x, __m512 *y) {
    const uint16_t *half = (const uint16_t *)column + step;
    const float *number = (const float *)column + step;
    if (kind == HIRE_TILE_FLOAT32) {
        *x = _mm512_maskz_loadu_ps((__mmask16)mask, number);
        *y = _mm512_maskz_loadu_ps((__mmask16)(mask >> 16), number + 16);
    } else if (kind == HIRE_TILE_BFLOAT16) {
        __m512i words = _mm512_maskz_loadu_epi16(mask, half);
        *x = _mm512_castsi512_ps(_mm512_slli_epi32(words, 16));
        *y = _mm512_castsi512_ps(_mm512_and_si512(words, _mm512_set1_epi32((int)0xFFFF0000)));
    } else {
        __m512i words = _mm512_maskz_loadu_epi16(mask, half);
        *x = _mm512_cvtph_ps(_mm512_castsi512_si256(words));
        *y = _mm512_cvtph_ps(_mm512_extracti64x4_epi64(words, 1));
    }
}

/// Products of `rows` (1...4, a constant wherever this is inlined) rows with one column; two steps at a time, so that
/// sums do not wait for each other.
INLINE void dots(const int rows, const hire_tile_kind kind, const float *a, int64_t row_step, const void *column,
                 int64_t count, float *sums) {
    __m512 even[4][2], odd[4][2];
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        even[row][0] = even[row][1] = odd[row][0] = odd[row][1] = _mm512_setzero_ps();
    }
    int64_t step = 0;
    for (; step + 2 * STEP <= count; step += 2 * STEP) {
        __m512 x, y, z, u;
        weights_at(column, step, first(STEP), kind, &x, &y);
        weights_at(column, step + STEP, first(STEP), kind, &z, &u);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            const float *place = a + row * row_step + step;
            even[row][0] = _mm512_fmadd_ps(x, _mm512_loadu_ps(place), even[row][0]);
            odd[row][0] = _mm512_fmadd_ps(y, _mm512_loadu_ps(place + 16), odd[row][0]);
            even[row][1] = _mm512_fmadd_ps(z, _mm512_loadu_ps(place + 32), even[row][1]);
            odd[row][1] = _mm512_fmadd_ps(u, _mm512_loadu_ps(place + 48), odd[row][1]);
        }
    }
    for (; step < count; step += STEP) {
        __m512 x, y;
        weights_at(column, step, first(count - step), kind, &x, &y);
#pragma clang loop unroll(full)
        for (int row = 0; row < rows; row++) {
            const float *place = a + row * row_step + step;
            even[row][0] = _mm512_fmadd_ps(x, _mm512_loadu_ps(place), even[row][0]);
            odd[row][0] = _mm512_fmadd_ps(y, _mm512_loadu_ps(place + 16), odd[row][0]);
        }
    }
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) {
        __m512 sum = _mm512_add_ps(_mm512_add_ps(even[row][0], odd[row][0]), _mm512_add_ps(even[row][1], odd[row][1]));
        sums[row] = _mm512_reduce_add_ps(sum);
    }
}

INLINE void all_dots(const hire_tile_kind kind, const float *a, int64_t rows, int64_t count, hire_tile_weights w,
                     int64_t columns, const float *bias, float *c, int64_t leading) {
    int64_t row_step = hire_dots_floats(count), bytes = kind == HIRE_TILE_FLOAT32 ? 4 : 2;
    for (int64_t column = 0; column < columns; column++) {
        const char *place = (const char *)w.first + column * w.column_stride * bytes;
        for (int64_t row = 0; row < rows; row += 4) {
            const float *from = a + row * row_step;
            float sums[4];
            int64_t live = rows - row < 4 ? rows - row : 4;
            switch (live) {
                case 1: dots(1, kind, from, row_step, place, count, sums); break;
                case 2: dots(2, kind, from, row_step, place, count, sums); break;
                case 3: dots(3, kind, from, row_step, place, count, sums); break;
                default: dots(4, kind, from, row_step, place, count, sums); break;
            }
            for (int64_t i = 0; i < live; i++) c[(row + i) * leading + column] = sums[i] + (bias ? bias[column] : 0);
        }
    }
}

TARGET void hire_dots(const float *arranged, int64_t rows, int64_t count, hire_tile_weights w, int64_t columns,
                      const float *bias, float *c, int64_t leading) {
    switch (w.kind) {
        case HIRE_TILE_FLOAT32: all_dots(HIRE_TILE_FLOAT32, arranged, rows, count, w, columns, bias, c, leading); break;
        case HIRE_TILE_BFLOAT16: all_dots(HIRE_TILE_BFLOAT16, arranged, rows, count, w, columns, bias, c, leading); break;
        case HIRE_TILE_FLOAT16: all_dots(HIRE_TILE_FLOAT16, arranged, rows, count, w, columns, bias, c, leading); break;
        case HIRE_TILE_BFLOAT16_PAIRS: __builtin_trap();
    }
}

#else

void hire_dots(const float *arranged, int64_t rows, int64_t count, hire_tile_weights w, int64_t columns,
               const float *bias, float *c, int64_t leading) {
    (void)arranged, (void)rows, (void)count, (void)w, (void)columns, (void)bias, (void)c, (void)leading;
    __builtin_trap();
}

#endif
