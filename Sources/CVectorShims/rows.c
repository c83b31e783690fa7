#include "Rows.h"

#if defined(__x86_64__)
#include <immintrin.h>
// The program refuses to start on processors without these.
#define TARGET __attribute__((target("avx2,fma")))
#else
#define TARGET
#endif

TARGET void hire_resample_row(const float *row, const int32_t *starts, const int32_t *counts, const float *weights,
                              int64_t most, int64_t length, float *out) {
    int64_t x = 0;
#if defined(__x86_64__)
    for (; x + 8 <= length; x += 8) {
        __m256i place = _mm256_loadu_si256((const __m256i *)(starts + x));
        __m256i count = _mm256_loadu_si256((const __m256i *)(counts + x));
        __m256 sum = _mm256_setzero_ps();
        for (int64_t tap = 0; tap < most; tap++) {
            __m256i live = _mm256_cmpgt_epi32(count, _mm256_set1_epi32((int)tap));
            __m256 value = _mm256_mask_i32gather_ps(_mm256_setzero_ps(), row + tap, place, _mm256_castsi256_ps(live), 4);
            sum = _mm256_fmadd_ps(value, _mm256_loadu_ps(weights + tap * length + x), sum);
        }
        _mm256_storeu_ps(out + x, sum);
    }
#endif
    for (; x < length; x++) {
        float sum = 0;
        for (int64_t tap = 0; tap < counts[x]; tap++) {
            sum = __builtin_fmaf(row[starts[x] + tap], weights[tap * length + x], sum);
        }
        out[x] = sum;
    }
}

TARGET void hire_finish_row(const float *row, int64_t length, float bias, int scales, float scale, float shift, int relu,
                            float *out) {
    for (int64_t x = 0; x < length; x++) {
        float value = row[x] + bias;
        if (scales) value = __builtin_fmaf(value, scale, shift);
        if (relu) value = value < 0 ? 0 : value;
        out[x] = value;
    }
}
