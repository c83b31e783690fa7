// Rows of pixels, where eight or more numbers at a time pay and Swift has no word for it.
#pragma once
#include <stdint.h>

/// out[x] = sum over taps of weights[tap * length + x] * row[starts[x] + tap], for the first counts[x] taps of `most`,
/// in that order.
void hire_resample_row(const float *row, const int32_t *starts, const int32_t *counts, const float *weights,
                       int64_t most, int64_t length, float *out);

/// out[x] = (row[x] + bias) * scale + shift, rounded twice, or row[x] + bias where `scales` is 0; then max(., 0) where
/// `relu` is not 0 (NaN stays).
void hire_finish_row(const float *row, int64_t length, float bias, int scales, float scale, float shift, int relu,
                     float *out);
