#include "CDigestShims.h"

#include <string.h>

/// Words side by side, and how many rows of them fit 32-bit sums of sums: 360 * 361 / 2 * 65,535 < 2^32.
enum { LANES = 16, ROWS = 360, MODULUS = 65535 };

/// Two running sums; `any` tells a sum of 0 from one of 65,535, which the format writes differently.
typedef struct {
    uint64_t first, second;
    int any;
} sums;

/// Adds `rows` rows of words in the processor's order.
static void add_rows(sums *total, const uint8_t *bytes, size_t rows) {
    uint32_t first[LANES] = {0}, second[LANES] = {0};
    for (size_t row = 0; row < rows; row++) {
        uint16_t words[LANES];
        memcpy(words, bytes + row * sizeof words, sizeof words);
        for (int lane = 0; lane < LANES; lane++) {
            first[lane] += words[lane];
            second[lane] += first[lane];
        }
    }
    // A word in row k and lane j counts (LANES * (rows - k) - j) times in the second sum.
    uint64_t sum = 0, weighted = 0, lanes = 0;
    for (int lane = 0; lane < LANES; lane++) {
        sum += first[lane];
        weighted += second[lane];
        lanes += (uint64_t)lane * first[lane];
    }
    uint64_t words = rows * LANES;
    total->second = (total->second + words * total->first + LANES * weighted - lanes) % MODULUS;
    total->first = (total->first + sum) % MODULUS;
    total->any |= sum != 0;
}

static void add_word(sums *total, uint32_t word) {
    total->first = (total->first + word) % MODULUS;
    total->second = (total->second + total->first) % MODULUS;
    total->any |= word != 0;
}

uint32_t hire_fletcher32(const uint8_t *bytes, size_t count) {
    sums total = {0, 0, 0};
    size_t words = count / 2, done = 0;
    while (words - done >= LANES) {
        size_t rows = (words - done) / LANES;
        if (rows > ROWS) rows = ROWS;
        add_rows(&total, bytes + 2 * done, rows);
        done += rows * LANES;
    }
    for (; done < words; done++) {
        uint16_t word;
        memcpy(&word, bytes + 2 * done, 2);
        add_word(&total, word);
    }
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    // Exchanging the bytes of every word multiplies both sums by 256 modulo 65,535.
    total.first = total.first * 256 % MODULUS;
    total.second = total.second * 256 % MODULUS;
#endif
    if (count % 2 != 0) add_word(&total, (uint32_t)bytes[count - 1] << 8);
    if (total.any && total.first == 0) total.first = MODULUS;
    if (total.any && total.second == 0) total.second = MODULUS;
    return (uint32_t)(total.second << 16 | total.first);
}
