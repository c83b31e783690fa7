/* PNG in and out. libpng reports errors by longjmp, so every call to it stays inside these functions. */
#ifndef HIRE_CPNG_SHIMS_H
#define HIRE_CPNG_SHIMS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes a whole PNG of known size into tightly packed RGB bytes.
 *
 * Converts as Pillow's Image.open(...).convert("RGB") does: alpha and transparency are dropped without blending,
 * 16-bit colour keeps its upper byte, 16-bit gray is clipped to 255, gamma is ignored.
 * Returns 0, or -1 with a sentence fragment in message.
 */
int hire_png_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height, char *message,
    size_t message_size);

/* Encodes RGB bytes; returns malloced memory and its size, or NULL with a fragment in message. */
uint8_t *hire_png_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, size_t *count, char *message,
    size_t message_size);

#endif
