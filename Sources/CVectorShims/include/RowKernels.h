// What the joint bilateral stage does to a row of pixels: products of small weights with many pixels, GELU, products of
// windows, softmax over a window's taps.
//
// A row of one channel (or tap) lies in memory pixel by pixel, channels `step` floats apart. Kernels work on whole
// registers: they read and write up to 15 floats behind the last pixel, which rows have to spare. The same code is
// compiled for registers of 16 floats (AVX-512) and of 8.
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The functions for one processor.
typedef struct {
    /// Rows of weights that are multiplied at once.
    int64_t tile_rows;
    /// Copies weights [rows, inner] times a factor into the order in which `product` reads them; takes as many floats as
    /// they have, rows rounded up to a multiple of `tile_rows`.
    void (*_Nonnull pack)(const float *weights, int64_t rows, int64_t inner, int64_t row_stride, int64_t inner_stride,
                 float factor, float *packed);
    /// out[row][x] = bias[row] + add[row][x] + sum over inner of weights[row][inner] * in[inner][x]; bias and add may be
    /// null, out may be add.
    void (*_Nonnull product)(const float *packed, int64_t rows, int64_t inner, const float *_Nullable bias, const float *in,
                    int64_t in_step, int64_t columns, const float *_Nullable add, int64_t add_step, float *out,
                    int64_t out_step);
    /// out[row][x] = gelu(in[row][x]) * scales[row]; scales may be null.
    void (*_Nonnull gelu)(const float *in, int64_t step, const float *_Nullable scales, int64_t rows, int64_t columns, float *out);
    /// slope[row][x] *= gelu'(in[row][x]) * scales[row], in place.
    void (*_Nonnull gelu_gradient)(const float *in, int64_t step, const float *_Nullable scales, int64_t rows, int64_t columns,
                          float *slope);
    /// out[tap][x] = sum over channels of center[c][x] * picture[i][c][x + j] for the side * side taps (i, j); picture
    /// holds one pointer per row of the window.
    void (*_Nonnull dots)(const float *center, const float *_Nonnull const *_Nonnull picture, int64_t step, int64_t channels, int64_t side,
                 int64_t columns, float *out, int64_t out_step);
    /// range = softmax over taps of logits * heat; kernel = range * spatial / max(sum, 1e-7); range may be null, kernel
    /// may be logits.
    void (*_Nonnull softmax)(const float *logits, int64_t step, int64_t taps, float heat, const float *spatial,
                    int64_t columns, float *_Nullable range, float *kernel);
    /// slope, the gradient of `softmax`'s kernel, becomes heat times that of heat * logits, in place.
    ///
    /// Adds to sixteen sums per tap and to sixteen of logits * gradient of heat * logits; their totals count.
    void (*_Nonnull softmax_gradient)(const float *range, const float *logits, int64_t step, int64_t taps, float heat,
                             const float *spatial, int64_t columns, float *slope, float *spatial_sums,
                             float *heat_sums);
    /// out[c][x] += sum over taps of weights[tap][x] * picture[i][c][x + j].
    void (*_Nonnull gather)(const float *weights, int64_t weight_step, const float *_Nonnull const *_Nonnull picture, int64_t step,
                   int64_t channels, int64_t side, int64_t columns, float *out);
    /// picture[i][c][x + j] += weights[tap][x] * center[c][x]: the adjoint of `gather`.
    ///
    /// Both are zero side - 1 pixels in front of the row and 16 behind it.
    void (*_Nonnull scatter)(const float *weights, int64_t weight_step, const float *center, float *_Nonnull const *_Nonnull picture,
                    int64_t step, int64_t channels, int64_t side, int64_t columns);
    /// out[row][k] += factor * sum over exactly `columns` pixels of a[row][x] * b[k][x]; out is [rows, inner].
    void (*_Nonnull outer)(const float *a, int64_t rows, const float *b, int64_t inner, int64_t step, int64_t columns,
                           float factor, float *out);
} hire_row_kernels;

/// The functions for this processor.
const hire_row_kernels *hire_row_kernels_here(void);
/// Those for registers of 8 floats, which every processor can run.
const hire_row_kernels *hire_row_kernels_of_eight(void);

#pragma clang assume_nonnull end
