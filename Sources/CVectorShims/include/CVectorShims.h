// Operations on eight floats that the Swift standard library spells lane by lane.
//
// Each is one or two instructions on x86-64-v3. They are written with the compiler's own vector types, so they mean the
// same on other processors. Swift imports the type as SIMD8<Float> and inlines the functions.
#pragma once
#include "ConvolutionTiles.h"
#include "MatrixDots.h"
#include "RowKernels.h"
#include "Rows.h"
#include <stdint.h>
#include <string.h>

typedef float hire_float8 __attribute__((__ext_vector_type__(8)));
typedef int32_t hire_int8 __attribute__((__ext_vector_type__(8)));
#define HIRE_INLINE static inline __attribute__((__always_inline__))

/// a * b + c, rounded once.
HIRE_INLINE hire_float8 hire_multiply_add(hire_float8 a, hire_float8 b, hire_float8 c) {
    return __builtin_elementwise_fma(a, b, c);
}

HIRE_INLINE hire_float8 hire_square_root(hire_float8 a) { return __builtin_elementwise_sqrt(a); }
HIRE_INLINE hire_float8 hire_floor(hire_float8 a) { return __builtin_elementwise_floor(a); }
HIRE_INLINE hire_float8 hire_ceil(hire_float8 a) { return __builtin_elementwise_ceil(a); }
/// To the nearest integer, ties to even.
HIRE_INLINE hire_float8 hire_round(hire_float8 a) { return __builtin_elementwise_roundeven(a); }

/// The lanes of a where the mask's are set (-1), of b where they are clear (0).
HIRE_INLINE hire_float8 hire_select(hire_int8 mask, hire_float8 a, hire_float8 b) {
    return (hire_float8)((mask & (hire_int8)a) | (~mask & (hire_int8)b));
}

/// a > b ? a : b; b where either is not a number.
HIRE_INLINE hire_float8 hire_maximum(hire_float8 a, hire_float8 b) {
    return hire_select(a > b, a, b);
}

/// a < b ? a : b; b where either is not a number.
HIRE_INLINE hire_float8 hire_minimum(hire_float8 a, hire_float8 b) {
    return hire_select(a < b, a, b);
}

/// The first `count` (1...8) lanes from memory, the others `fill`.
HIRE_INLINE hire_float8 hire_load_partial(const float *place, int64_t count, float fill) {
#if defined(__AVX2__)
    static const int32_t marks[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
    hire_int8 mask;
    memcpy(&mask, marks + 8 - count, sizeof mask);
    typedef float plain __attribute__((__vector_size__(32)));
    typedef int32_t plain_mask __attribute__((__vector_size__(32)));
    hire_float8 loaded = (hire_float8)__builtin_ia32_maskloadps256(
        (const plain *)place, (plain_mask)mask);
    return hire_select(mask, loaded, (hire_float8)fill);
#else
    hire_float8 value = (hire_float8)fill;
    for (int64_t lane = 0; lane < count; lane++) value[lane] = place[lane];
    return value;
#endif
}

/// Writes the first `count` (1...8) lanes.
HIRE_INLINE void hire_store_partial(hire_float8 value, float *place, int64_t count) {
#if defined(__AVX2__)
    static const int32_t marks[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};
    typedef float plain __attribute__((__vector_size__(32)));
    typedef int32_t plain_mask __attribute__((__vector_size__(32)));
    plain_mask mask;
    memcpy(&mask, marks + 8 - count, sizeof mask);
    __builtin_ia32_maskstoreps256((plain *)place, mask, (plain)value);
#else
    for (int64_t lane = 0; lane < count; lane++) place[lane] = value[lane];
#endif
}

/// Widens eight IEEE half-precision numbers.
HIRE_INLINE hire_float8 hire_widen_half(const uint16_t *place) {
    typedef _Float16 half8 __attribute__((__ext_vector_type__(8)));
    half8 value;
    memcpy(&value, place, sizeof value);
    return __builtin_convertvector(value, hire_float8);
}
