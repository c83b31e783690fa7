#include "CPNGShims.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t count;
    size_t position;
    char *message;
    size_t message_size;
} Source;

static void fail(png_structp png, png_const_charp text) {
    Source *source = png_get_error_ptr(png);
    snprintf(source->message, source->message_size, "%s", text);
    png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void take(png_structp png, png_bytep target, size_t count) {
    Source *source = png_get_io_ptr(png);
    if (count > source->count - source->position) png_error(png, "the file ends too early");
    memcpy(target, source->bytes + source->position, count);
    source->position += count;
}

/* 16-bit gray lies packed at the front; widening backwards never overwrites what is still to be read. */
static void clip_gray(uint8_t *rgb, size_t pixels) {
    for (size_t i = pixels; i-- > 0;) {
        uint8_t value = rgb[2 * i] != 0 ? 255 : rgb[2 * i + 1];
        rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = value;
    }
}

int hire_png_decode(
    const uint8_t *bytes, size_t count, uint8_t *rgb, uint32_t width, uint32_t height, char *message,
    size_t message_size) {
    Source source = {bytes, count, 0, message, message_size};
    snprintf(message, message_size, "libpng could not start");
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, fail, ignore);
    if (png == NULL) return -1;
    png_infop info = png_create_info_struct(png);
    png_bytep *volatile rows = NULL;
    if (info == NULL || setjmp(png_jmpbuf(png))) {
        free(rows);
        png_destroy_read_struct(&png, &info, NULL);
        return -1;
    }
    png_set_user_limits(png, width, height);
    png_set_read_fn(png, &source, take);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) {
        png_error(png, "the header states another size");
    }
    int gray16 = png_get_bit_depth(png, info) == 16
        && png_get_color_type(png, info) == PNG_COLOR_TYPE_GRAY;
    if (!gray16) {
        png_set_strip_16(png);
        png_set_palette_to_rgb(png);
        png_set_expand_gray_1_2_4_to_8(png);
        png_set_gray_to_rgb(png);
        png_set_strip_alpha(png);
    }
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    size_t row_bytes = (size_t)width * (gray16 ? 2 : 3);
    if (png_get_rowbytes(png, info) != row_bytes) png_error(png, "the pixel format is unknown");
    rows = malloc(height * sizeof(png_bytep));
    if (rows == NULL) png_error(png, "there is not enough memory");
    for (uint32_t y = 0; y < height; y++) rows[y] = rgb + y * row_bytes;
    png_read_image(png, rows);
    png_read_end(png, NULL);
    if (gray16) clip_gray(rgb, (size_t)width * height);
    free(rows);
    png_destroy_read_struct(&png, &info, NULL);
    return 0;
}

uint8_t *hire_png_encode(
    const uint8_t *rgb, uint32_t width, uint32_t height, size_t *count, char *message,
    size_t message_size) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
    uint8_t *memory = malloc(size);
    if (memory == NULL) {
        snprintf(message, message_size, "there is not enough memory");
        return NULL;
    }
    if (!png_image_write_to_memory(&image, memory, &size, 0, rgb, 0, NULL)) {
        snprintf(message, message_size, "%s", image.message);
        free(memory);
        return NULL;
    }
    *count = size;
    return memory;
}
