// The kernels of RowKernels.h that work on windows; part of row_kernels.h.

/// `count` neighbours next to each other of `vectors` registers of pixels (both constants wherever this is inlined).
INLINE void dots_along(const int count, const int vectors, const float *center, const float *row, int64_t step,
                       int64_t channels, float *out, int64_t out_step) {
    vec sums[7][3];
#pragma clang loop unroll(full)
    for (int j = 0; j < count; j++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums[j][v] = splat(0);
    }
    for (int64_t channel = 0; channel < channels; channel++) {
        // Rows lie too far apart for the processor to see what comes next.
#pragma clang loop unroll(full)
        for (int v = 0; v <= vectors * LANES / 16; v++) __builtin_prefetch(row + 6 * step + v * 16);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            vec middle = load(center + v * LANES);
#pragma clang loop unroll(full)
            for (int j = 0; j < count; j++) sums[j][v] = fma(middle, load(row + j + v * LANES), sums[j][v]);
        }
        center += step;
        row += step;
    }
#pragma clang loop unroll(full)
    for (int j = 0; j < count; j++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) store(out + j * out_step + v * LANES, sums[j][v]);
    }
}

/// The taps of one row of the window.
INLINE void dots_of_row(const int vectors, const float *center, const float *row, int64_t step, int64_t channels,
                        int64_t side, float *out, int64_t out_step) {
    int64_t j = 0;
    for (; j + 7 <= side; j += 7) dots_along(7, vectors, center, row + j, step, channels, out + j * out_step, out_step);
    for (; j + 3 <= side; j += 3) dots_along(3, vectors, center, row + j, step, channels, out + j * out_step, out_step);
    for (; j < side; j++) dots_along(1, vectors, center, row + j, step, channels, out + j * out_step, out_step);
}

static void dots(const float *center, const float *const *picture, int64_t step, int64_t channels, int64_t side,
                 int64_t columns, float *out, int64_t out_step) {
    int64_t x = 0;
    for (; x + 2 * LANES < columns; x += 3 * LANES) {
        for (int64_t i = 0; i < side; i++) {
            dots_of_row(3, center + x, picture[i] + x, step, channels, side, out + i * side * out_step + x, out_step);
        }
    }
    for (; x < columns; x += LANES) {
        for (int64_t i = 0; i < side; i++) {
            dots_of_row(1, center + x, picture[i] + x, step, channels, side, out + i * side * out_step + x, out_step);
        }
    }
}

static void softmax(const float *logits, int64_t step, int64_t taps, float heat, const float *spatial, int64_t columns,
                    float *range, float *kernel) {
    for (int64_t x = 0; x < columns; x += LANES) {
        vec top = load(logits + x) * heat;
        for (int64_t tap = 1; tap < taps; tap++) {
            vec value = load(logits + tap * step + x) * heat;
            top = choose(value > top, value, top);
        }
        vec total = splat(0), sum = splat(0);
        for (int64_t tap = 0; tap < taps; tap++) {
            vec value = exp_below_zero(fma(load(logits + tap * step + x), splat(heat), -top));
            store(kernel + tap * step + x, value);
            total += value;
            sum = fma(value, splat(spatial[tap]), sum);
        }
        vec scale = 1 / total;
        sum *= scale;
        vec factor = scale / choose(sum < splat(1e-7f), splat(1e-7f), sum);
        for (int64_t tap = 0; tap < taps; tap++) {
            float *place = kernel + tap * step + x;
            vec value = load(place);
            if (range) store(range + tap * step + x, value * scale);
            store(place, value * (factor * spatial[tap]));
        }
    }
}

static void softmax_gradient(const float *range, const float *logits, int64_t step, int64_t taps, float heat,
                             const float *spatial, int64_t columns, float *slope, float *spatial_sums,
                             float *heat_sums) {
    for (int64_t x = 0; x < columns; x += LANES) {
        vec sum = splat(0), inner = splat(0);
        for (int64_t tap = 0; tap < taps; tap++) {
            vec n = load(range + tap * step + x) * spatial[tap];
            sum += n;
            inner = fma(n, load(slope + tap * step + x), inner);
        }
        ivec small = sum < splat(1e-7f);
        vec scale = 1 / choose(small, splat(1e-7f), sum);
        vec shift = choose(small, splat(0), inner * scale * scale);
        vec total = splat(0);
        for (int64_t tap = 0; tap < taps; tap++) {
            float *place = slope + tap * step + x;
            vec r = load(range + tap * step + x);
            vec d = fma(load(place), scale, -shift);
            float *sums = spatial_sums + tap * 16;
            store(sums, fma(d, r, load(sums)));
            d *= spatial[tap];
            store(place, d);
            total = fma(d, r, total);
        }
        vec warmth = splat(0);
        for (int64_t tap = 0; tap < taps; tap++) {
            float *place = slope + tap * step + x;
            vec d = (load(place) - total) * load(range + tap * step + x);
            warmth = fma(d, load(logits + tap * step + x), warmth);
            store(place, d * heat);
        }
        store(heat_sums, load(heat_sums) + warmth);
    }
}

/// Some channels of some registers of pixels (constants wherever this is inlined).
INLINE void gather_at(const int channels, const int vectors, const float *weights, int64_t weight_step,
                      const float *const *picture, int64_t offset, int64_t step, const int64_t side, float *out) {
    vec sums[4][3];
#pragma clang loop unroll(full)
    for (int c = 0; c < channels; c++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums[c][v] = load(out + c * step + v * LANES);
    }
    for (int64_t i = 0; i < side; i++) {
        const float *row = picture[i] + offset;
        for (int64_t j = 0; j < side; j++) {
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) {
                vec weight = load(weights + v * LANES);
#pragma clang loop unroll(full)
                for (int c = 0; c < channels; c++) {
                    sums[c][v] = fma(weight, load(row + c * step + j + v * LANES), sums[c][v]);
                }
            }
            weights += weight_step;
        }
    }
#pragma clang loop unroll(full)
    for (int c = 0; c < channels; c++) {
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) store(out + c * step + v * LANES, sums[c][v]);
    }
}

/// All channels of some registers of pixels.
INLINE void gather_all(const int vectors, const float *weights, int64_t weight_step, const float *const *picture,
                       int64_t x, int64_t step, int64_t channels, int64_t side, float *out) {
    int64_t c = 0;
    for (; c + 4 <= channels; c += 4) {
        gather_at(4, vectors, weights, weight_step, picture, c * step + x, step, side, out + c * step + x);
    }
    for (; c < channels; c++) {
        gather_at(1, vectors, weights, weight_step, picture, c * step + x, step, side, out + c * step + x);
    }
}

static void gather(const float *weights, int64_t weight_step, const float *const *picture, int64_t step,
                   int64_t channels, int64_t side, int64_t columns, float *out) {
    int64_t x = 0;
    for (; x + 2 * LANES < columns; x += 3 * LANES) {
        gather_all(3, weights + x, weight_step, picture, x, step, channels, side, out);
    }
    for (; x < columns; x += LANES) gather_all(1, weights + x, weight_step, picture, x, step, channels, side, out);
}

static void scatter(const float *weights, int64_t weight_step, const float *center, float *const *picture,
                    int64_t step, int64_t channels, int64_t side, int64_t columns) {
    // As a sum over the taps of one row it writes each place once, in order.
    for (int64_t v = 0; v < columns + side - 1; v += LANES) {
        for (int64_t c = 0; c < channels; c++) {
            const float *middle = center + c * step + v;
            if (side == 7) {
                vec near[7];
#pragma clang loop unroll(full)
                for (int j = 0; j < 7; j++) near[j] = load(middle - j);
                for (int64_t i = 0; i < 7; i++) {
                    float *place = picture[i] + c * step + v;
                    const float *weight = weights + i * 7 * weight_step + v;
                    vec sum = load(place), other = splat(0);
#pragma clang loop unroll(full)
                    for (int j = 0; j < 7; j++) {
                        vec factor = load(weight + j * weight_step - j);
                        if (j % 2) other = fma(near[j], factor, other);
                        else sum = fma(near[j], factor, sum);
                    }
                    store(place, sum + other);
                }
            } else {
                for (int64_t i = 0; i < side; i++) {
                    float *place = picture[i] + c * step + v;
                    const float *weight = weights + i * side * weight_step + v;
                    vec sum = load(place);
                    for (int64_t j = 0; j < side; j++) sum = fma(load(middle - j), load(weight + j * weight_step - j), sum);
                    store(place, sum);
                }
            }
        }
    }
}
