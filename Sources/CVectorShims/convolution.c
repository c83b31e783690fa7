#include "ConvolutionTiles.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
#define INLINE static inline __attribute__((__always_inline__)) TARGET

// MARK: Sums of shifted planes

/// One tile of `channels` (a constant wherever this is inlined) times 32 pixels.
INLINE void convolve(const int channels, const float *planes, int64_t plane_step, int64_t inputs,
                     const int64_t *shifts, int64_t taps, const float *weights, float *out, int64_t out_step) {
    __m512 left[HIRE_CONVOLUTION_CHANNELS], right[HIRE_CONVOLUTION_CHANNELS];
#pragma clang loop unroll(full)
    for (int channel = 0; channel < channels; channel++) left[channel] = right[channel] = _mm512_setzero_ps();
    for (int64_t input = 0; input < inputs; input++) {
        for (int64_t tap = 0; tap < taps; tap++) {
            const float *place = planes + shifts[tap];
            __m512 x = _mm512_loadu_ps(place), y = _mm512_loadu_ps(place + 16);
#pragma clang loop unroll(full)
            for (int channel = 0; channel < channels; channel++) {
                __m512 factor = _mm512_set1_ps(weights[channel]);
                left[channel] = _mm512_fmadd_ps(factor, x, left[channel]);
                right[channel] = _mm512_fmadd_ps(factor, y, right[channel]);
            }
            weights += channels;
        }
        planes += plane_step;
    }
#pragma clang loop unroll(full)
    for (int channel = 0; channel < channels; channel++) {
        _mm512_storeu_ps(out + channel * out_step, left[channel]);
        _mm512_storeu_ps(out + channel * out_step + 16, right[channel]);
    }
}

#define RUN(count)                                                                                                  \
    TARGET static void convolve_##count(const float *planes, int64_t plane_step, int64_t inputs,                   \
                                        const int64_t *shifts, int64_t taps, const float *weights, int64_t pixels, \
                                        float *out, int64_t out_step) {                                             \
        for (int64_t pixel = 0; pixel < pixels; pixel += HIRE_CONVOLUTION_PIXELS)                                   \
            convolve(count, planes + pixel, plane_step, inputs, shifts, taps, weights, out + pixel, out_step);      \
    }
RUN(1) RUN(2) RUN(3) RUN(4) RUN(5) RUN(6) RUN(7) RUN(8) RUN(9) RUN(10) RUN(11) RUN(12) RUN(13) RUN(14)

#define CASE(count) \
    case count: convolve_##count(planes, plane_step, inputs, shifts, taps, weights, pixels, out, out_step); break;

void hire_convolve_tile(int channels, const float *planes, int64_t plane_step, int64_t inputs, const int64_t *shifts,
                        int64_t taps, const float *weights, int64_t pixels, float *out, int64_t out_step) {
    switch (channels) {
        CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) CASE(13)
        CASE(14)
    }
}

// MARK: Inner products of planes

/// The sums of eight registers' lanes.
INLINE __m256 lane_sums(const __m512 v[8]) {
    __m512 pairs[4], fours[2];
    for (int i = 0; i < 4; i++) {
        pairs[i] = _mm512_add_ps(_mm512_unpacklo_ps(v[2 * i], v[2 * i + 1]), _mm512_unpackhi_ps(v[2 * i], v[2 * i + 1]));
    }
    for (int i = 0; i < 2; i++) {
        __m512d first = _mm512_castps_pd(pairs[2 * i]), second = _mm512_castps_pd(pairs[2 * i + 1]);
        fours[i] = _mm512_add_ps(
            _mm512_castpd_ps(_mm512_unpacklo_pd(first, second)), _mm512_castpd_ps(_mm512_unpackhi_pd(first, second)));
    }
    // Each quarter holds the sums of four registers' quarters.
    __m512 low = _mm512_shuffle_f32x4(fours[0], fours[1], 0x88), high = _mm512_shuffle_f32x4(fours[0], fours[1], 0xDD);
    __m512 sum = _mm512_add_ps(low, high);
    sum = _mm512_add_ps(sum, _mm512_shuffle_f32x4(sum, sum, 0xB1));
    return _mm512_castps512_ps256(_mm512_shuffle_f32x4(sum, sum, 0x08));
}

TARGET void hire_correlate_tile(const float *slopes, int64_t slope_step, const float *x, const float *y, const float *z,
                                int64_t pixels, float *sums) {
    __m512 first[8], second[8], third[8];
#pragma clang loop unroll(full)
    for (int i = 0; i < 8; i++) first[i] = second[i] = third[i] = _mm512_setzero_ps();
    for (int64_t pixel = 0; pixel < pixels; pixel += 16) {
        __m512 a = _mm512_loadu_ps(x + pixel), b = _mm512_loadu_ps(y + pixel), c = _mm512_loadu_ps(z + pixel);
#pragma clang loop unroll(full)
        for (int i = 0; i < 8; i++) {
            __m512 slope = _mm512_loadu_ps(slopes + i * slope_step + pixel);
            first[i] = _mm512_fmadd_ps(slope, a, first[i]);
            second[i] = _mm512_fmadd_ps(slope, b, second[i]);
            third[i] = _mm512_fmadd_ps(slope, c, third[i]);
        }
    }
    _mm256_storeu_ps(sums, lane_sums(first));
    _mm256_storeu_ps(sums + 8, lane_sums(second));
    _mm256_storeu_ps(sums + 16, lane_sums(third));
}

#else

// Callers ask hire_tile_support first, which says no elsewhere.
void hire_convolve_tile(int channels, const float *planes, int64_t plane_step, int64_t inputs, const int64_t *shifts,
                        int64_t taps, const float *weights, int64_t pixels, float *out, int64_t out_step) {
    (void)channels, (void)planes, (void)plane_step, (void)inputs, (void)shifts, (void)taps, (void)weights, (void)pixels;
    (void)out, (void)out_step;
    __builtin_trap();
}

void hire_correlate_tile(const float *slopes, int64_t slope_step, const float *x, const float *y, const float *z,
                         int64_t pixels, float *sums) {
    (void)slopes, (void)slope_step, (void)x, (void)y, (void)z, (void)pixels, (void)sums;
    __builtin_trap();
}

#endif
